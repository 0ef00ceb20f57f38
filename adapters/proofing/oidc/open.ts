import type { z } from 'zod'
import type { OpenProofing } from '../proofing.ts'
import { createOidcProofing } from './connect.ts'
import { proofingSchema } from './schema.ts'

/**
 * `oidcProofing({ preset: 'nametag', clientId, clientSecret })`: a provider that verifies people by photo ID. Nothing is
 * fetched before the first use. Throws ZodError on settings that don't fit together.
 */
export function oidcProofing(given: z.input<typeof proofingSchema>): OpenProofing {
  const settings = proofingSchema.parse(given)
  return (callback) => createOidcProofing(settings, callback)
}
