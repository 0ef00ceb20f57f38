import type { Context } from 'koa'
import { z } from 'zod'
import type { Account } from '../../rules/account.ts'
import type { PushFactor } from '../../rules/factor.ts'
import { pairingState } from '../../rules/pairing.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { badProof, type Claims, readProof, verifyProof } from './proof.ts'

/** A phone that has signed a request, and whose authenticator it is. */
export interface SignedPhone {
  account: Account
  factor: PushFactor
  claims: Claims
}

const account = z.string().min(1).max(200)

/**
 * Throws Problem: 401 `bad_proof`, 410 `removed` when the account doesn't have this phone any more, 409 `pending` when
 * the sign-in that asked for it hasn't bound it yet.
 */
export async function phoneOf(services: Services, ctx: Context, proof: string): Promise<SignedPhone> {
  const { header, claims } = readProof(proof)
  const named = account.safeParse(claims.sub)
  if (!named.success || header.kid === undefined) throw badProof()
  const found = await phoneFactor(services, named.data, header.kid)
  if (found === undefined) throw await missing(services, header.kid)
  await verifyProof(services, ctx, proof, JSON.parse(found.factor.publicKey))
  return { ...found, claims }
}

/** The phone as its account has it now. */
export async function phoneFactor(
  { accounts }: Services,
  id: string,
  kid: string,
): Promise<{ account: Account; factor: PushFactor } | undefined> {
  const found = await accounts.get(id)
  const factor = found?.factors.find((one) => one.id === kid)
  return found === undefined || factor?.kind !== 'push' ? undefined : { account: found, factor }
}

async function missing({ store, clock }: Services, kid: string): Promise<Problem> {
  const state = pairingState(await store.pairings.get(kid), clock())
  return state === 'confirmed' ? new Problem(409, 'pending') : new Problem(410, 'removed')
}
