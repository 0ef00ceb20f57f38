import type { z } from 'zod'
import type { proofingSchema } from './schema.ts'

/** Settings of a provider that speaks the de-facto contract of identity verification over OpenID Connect. */
export type OidcProofingSettings = z.output<typeof proofingSchema>

export type PresetName = OidcProofingSettings['preset']
export type Endpoints = NonNullable<OidcProofingSettings['endpoints']>
export type WebhookSettings = NonNullable<OidcProofingSettings['webhook']>
