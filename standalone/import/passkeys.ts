import { z } from 'zod'
import { algorithms, longestCredential } from '../../account/passkeys.ts'
import { webauthnHelpers } from '../../account/webauthn.ts'
import type { PasskeyFactor } from '../../rules/factor.ts'

/** What an authenticator that doesn't say its model says (WebAuthn L3 §6.5.1). */
const noModel = '00000000-0000-0000-0000-000000000000'

/** Either alphabet, with = at the end or without: what comes out is base64url. */
const bytes = (most: number) =>
  z.string().transform((text, context) => {
    const read = Buffer.from(text, 'base64')
    const fits = /^[\w+/-]+=*$/.test(text) && read.length > 0 && read.length <= most
    if (!fits) context.addIssue({ code: 'custom', message: `no base64url of 1 to ${most} bytes` })
    return fits ? read.toString('base64url') : z.NEVER
  })

/** A key that a signature can be verified with, of an algorithm that is taken here. */
function isKey(text: string): boolean {
  const { cose, decodeCredentialPublicKey } = webauthnHelpers()
  try {
    const key = decodeCredentialPublicKey(new Uint8Array(Buffer.from(text, 'base64url')))
    return algorithms.includes(key.get(cose.COSEKEYS.alg) as number)
  } catch {
    return false
  }
}

export function passkeySchema(moment: z.ZodType<number>) {
  return z.strictObject({
    credential: bytes(longestCredential),
    /** The user handle that it was made for: it comes back with every sign-in. */
    user: bytes(64),
    publicKey: bytes(4096).refine(isKey, 'no COSE key of EdDSA, ES256 or RS256'),
    counter: z.int().min(0).default(0),
    transports: z.array(z.enum(['internal', 'usb', 'nfc', 'ble', 'hybrid', 'smart-card'])).default([]),
    /** Left out where the other system didn't keep it: the first use shows it. */
    synced: z.boolean().optional(),
    backedUp: z.boolean().default(false),
    aaguid: z.string().default(noModel),
    hardware: z.literal(true).optional(),
    name: z.string().trim().max(60).default(''),
    createdAt: moment.optional(),
    lastUsedAt: moment.optional(),
  })
}

export type ImportedPasskey = z.output<ReturnType<typeof passkeySchema>>

export function passkeyFactor(
  { synced, createdAt, ...told }: ImportedPasskey,
  id: string,
  now: number,
): PasskeyFactor {
  return {
    ...told,
    kind: 'passkey',
    id,
    createdAt: createdAt ?? now,
    synced: synced ?? false,
    unsettled: synced === undefined ? true : undefined,
  }
}

/** As import takes it. */
export function exportedPasskey(factor: PasskeyFactor) {
  const { credential, user, publicKey, counter, transports, backedUp, aaguid, hardware, name } = factor
  const dated = (at: number | undefined) => at && new Date(at).toISOString()
  return {
    credential,
    user,
    publicKey,
    counter,
    transports,
    synced: factor.unsettled ? undefined : factor.synced,
    backedUp,
    aaguid,
    hardware,
    name,
    createdAt: dated(factor.createdAt),
    lastUsedAt: dated(factor.lastUsedAt),
  }
}
