import type { Context } from 'koa'
import { z } from 'zod'
import { randomToken, tokenHash } from '../../adapters/secrets/key-ring.ts'
import { sixDigits } from '../../adapters/secrets/six-digits.ts'
import { newTotpSecret } from '../../adapters/secrets/totp.ts'
import { claimPairing, confirmPairing, type Pairing, pairingLifetime } from '../../rules/pairing.ts'
import { Problem } from '../http/problem.ts'
import { originOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { badProof, readProof, verifyProof } from './proof.ts'

/** What only the page of the sign-in knows of a pairing: 256 bits for the QR code, and the number. */
export interface PairingSecrets {
  token: string
  number: string
}

export function newPairingSecrets(): PairingSecrets {
  return { token: randomToken(), number: sixDigits() }
}

export function newPairing(
  { ring, clock }: Pick<Services, 'ring' | 'clock'>,
  { token, number }: PairingSecrets,
  whose: { account: string; attempt: string },
): Pairing {
  const id = tokenHash(token)
  const now = clock()
  return {
    ...whose,
    id,
    number: hashNumber(ring, id, number),
    failures: 0,
    secret: ring.seal(newTotpSecret(), id),
    createdAt: now,
    expiresAt: now + pairingLifetime,
  }
}

/** A number belongs to what it was drawn for: a pairing or a prompt. */
export function hashNumber(ring: Services['ring'], of: string, number: string, like?: string): string {
  return ring.hash(`number|${of}|${number}`, like)
}

const claim = z.object({ pair: z.string().regex(/^[\w-]{43}$/) })

/** POST pair: a phone has come by the QR code, and shows that it has the key that it brings. */
export async function pair(services: Services, ctx: Context, proof: string): Promise<object> {
  const { header, claims } = readProof(proof)
  const asked = claim.safeParse(claims)
  if (!asked.success || header.jwk === undefined) throw badProof()
  const id = tokenHash(asked.data.pair)
  // Looked up first: a proof that was used is stored, and only who has seen a QR code may have something stored.
  if ((await services.store.pairings.get(id)) === undefined) throw new Problem(410, 'gone')
  await verifyProof(services, ctx, proof, header.jwk)
  const { browser, system } = originOf(ctx)
  const phone = { publicKey: JSON.stringify(header.jwk), browser, system }
  const now = services.clock()
  const outcome = await services.change('pairings', id, (current) => claimPairing(current, phone, now))
  if (!outcome.ok) throw new Problem(410, outcome.reason)
  return { id }
}

const confirmation = z.object({ number: z.string().regex(/^\d{6}$/) })

/**
 * POST pair/confirm: the number that the page shows was typed on the phone. The answer has the secret of the code that
 * works offline; it goes to the holder of the key, and to nobody once the sign-in has bound the phone.
 */
export async function answerPairing(services: Services, ctx: Context, proof: string): Promise<object> {
  const { store, change, ring, clock, config, accounts } = services
  const { header, claims } = readProof(proof)
  const asked = confirmation.safeParse(claims)
  const pairing = header.kid === undefined ? undefined : await store.pairings.get(header.kid)
  if (!asked.success) throw badProof()
  if (pairing?.phone === undefined) throw new Problem(410, 'gone')
  await verifyProof(services, ctx, proof, JSON.parse(pairing.phone.publicKey))
  const number = hashNumber(ring, pairing.id, asked.data.number, pairing.number)
  const now = clock()
  const outcome = await change('pairings', pairing.id, (current) => confirmPairing(current, number, now))
  if (!outcome.ok) throw new Problem(outcome.reason === 'wrong' ? 403 : 410, outcome.reason)
  const account = await accounts.get(pairing.account)
  if (account === undefined) throw new Problem(410, 'gone')
  const secret = ring.open(pairing.secret, pairing.id)
  return { account: account.id, email: account.email, issuer: config.brand.name, secret }
}
