import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import type { Context } from 'koa'
import { z } from 'zod'
import { tokenHash } from '../../adapters/secrets/key-ring.ts'
import { Conflict } from '../../adapters/store/port.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'

/** How far the clock of a phone may be off. Milliseconds. */
const skew = 120_000

const coordinate = z.string().regex(/^[\w-]{43}$/)
const publicKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
})

const header = z.object({
  typ: z.literal('device+jwt'),
  alg: z.literal('ES256'),
  kid: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
  jwk: publicKey.optional(),
})

const claims = z.looseObject({
  jti: z.string().regex(/^[\w-]{16,64}$/),
  iat: z.number(),
  htm: z.string(),
  htu: z.string(),
})

export type Header = z.output<typeof header>
export type Claims = z.output<typeof claims>

/** What a signed request says of itself. Nothing of it is true before `verifyProof`. */
export function readProof(proof: string): { header: Header; claims: Claims } {
  try {
    const [, payload = ''] = proof.split('.')
    return {
      header: header.parse(decodeProtectedHeader(proof)),
      claims: claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))),
    }
  } catch {
    throw badProof()
  }
}

/**
 * A request that a phone signed, in the manner of DPoP (RFC 9449 §4.3): for this address of this origin, now, once.
 * Throws Problem 401.
 */
export async function verifyProof(
  services: Pick<Services, 'config' | 'create' | 'clock' | 'authenticatorTimes'>,
  ctx: Context,
  proof: string,
  key: JWK,
): Promise<void> {
  await compactVerify(proof, await importJWK(key, 'ES256'), { algorithms: ['ES256'] }).catch(() => {
    throw badProof()
  })
  const { jti, iat, htm, htu } = readProof(proof).claims
  if (htm !== ctx.method || htu !== services.config.base + ctx.path) throw badProof()
  // The answer says what time it is here, so that a phone with a wrong clock can try again.
  const near = services.authenticatorTimes().some((time) => Math.abs(iat * 1000 - time) <= skew)
  if (!near) throw new Problem(401, 'clock')
  await once(services, `${tokenHash(key.x + String(key.y))}:${jti}`)
}

async function once({ create, clock }: Pick<Services, 'create' | 'clock'>, id: string): Promise<void> {
  try {
    await create('deviceProofs', { id, expiresAt: clock() + 3 * skew })
  } catch (error) {
    if (error instanceof Conflict) throw badProof()
    throw error
  }
}

export const badProof = (): Problem => new Problem(401, 'bad_proof')
