import type { OidcProofingSettings } from './oidc-proofing/settings.ts'
import type { Proofing } from './proofing.ts'

/** Connects the provider of identity verification that the settings name. Nothing is fetched before the first use. */
export async function openProofing(settings: OidcProofingSettings, redirectUri: string): Promise<Proofing> {
  const { createOidcProofing } = await import('./oidc-proofing/connect.ts')
  return createOidcProofing(settings, redirectUri)
}
