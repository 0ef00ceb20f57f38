import type { OidcProofingSettings } from '../adapters/proofing/oidc/settings.ts'
import type { Proofing } from '../adapters/proofing/proofing.ts'

/** Connects the provider of identity verification that the settings name. Nothing is fetched before the first use. */
export async function openProofing(settings: OidcProofingSettings, redirectUri: string): Promise<Proofing> {
  const { createOidcProofing } = await import('../adapters/proofing/oidc/connect.ts')
  return createOidcProofing(settings, redirectUri)
}
