import { randomToken } from '../adapters/secrets/key-ring.ts'
import type { HandlerServices, Handlers } from '../effects/services.ts'
import type { Account } from '../rules/account.ts'
import { freshAttempt, withProof } from '../rules/attempt.ts'
import { expiredPassword } from '../rules/distrust.ts'
import { type EffectOf, withEffects } from '../rules/effect.ts'
import { reactivated } from '../rules/member-change.ts'
import { disavowed } from '../rules/signals.ts'
import { proofingTold } from './identity.ts'

type Kinds =
  | 'expire_password'
  | 'end_attempts'
  | 'forget_device'
  | 'reactivate'
  | 'end_membership'
  | 'demote'
  | 'forget_account'
  | 'add_proof'
  | 'enrol_identity'

/** What follows from a change, in the account itself and in what is kept beside it. */
export function accountHandlers(services: HandlerServices): Handlers<Kinds> {
  const { change, clock } = services
  return {
    expire_password: (effect) => expirePassword(services, effect),
    end_attempts: (effect) => endAttempts(services, effect),
    forget_device: ({ device, account }) =>
      change('devices', device, (current) => [current?.account === account ? undefined : current, undefined]),
    reactivate: ({ id, account, by }) => {
      const at = clock()
      return change('accounts', account, (current) => [
        current?.status === 'active' ? current : current && reactivated(current, { id, at, by }),
        undefined,
      ])
    },
    end_membership: ({ organization, account }) =>
      change('memberships', `${organization}:${account}`, () => [undefined, undefined]),
    demote: ({ organization, account }) =>
      change('memberships', `${organization}:${account}`, (current) => {
        if (current === undefined) return [current, undefined]
        const { superAdminOf: _of, superAdminSince: _since, ...rest } = current
        return [{ ...rest, role: 'member' }, undefined]
      }),
    forget_account: (effect) => forget(services, effect),
    add_proof: (effect) => addProof(services, effect),
    enrol_identity: (effect) => enrolIdentity(services, effect),
  }
}

/** A removed account whose time is over goes with the last of what it promised. */
export const accountEnding = (account: Account): Account | undefined =>
  account.forgotten === true ? undefined : account

async function expirePassword(
  { change, clock }: HandlerServices,
  { id, account, case: about }: EffectOf<'expire_password'>,
): Promise<void> {
  const now = clock()
  await change('accounts', account, (current) => {
    const expired = current && expiredPassword(current, id, now)
    if (expired === undefined) return [current, undefined]
    // Told in the write that makes it true; all that one case causes shares its `txn`.
    const events = disavowed(now)
    const signal = { kind: 'signal' as const, id: `${id}:signal`, account, txn: about ?? id, events }
    return [withEffects(expired, [signal]), undefined]
  })
}

/** Sign-ins under way start over; the one that waited for the case goes on. */
async function endAttempts(
  { store, change, clock }: HandlerServices,
  { account, keep }: EffectOf<'end_attempts'>,
): Promise<void> {
  const now = clock()
  for (const attempt of await store.attempts.find('account', account)) {
    if (attempt.id === keep) continue
    const form = randomToken()
    await change('attempts', attempt.id, (current) => {
      if (current?.account !== account) return [current, undefined]
      const fresh = freshAttempt({ ...current, form }, now, current.revision + 1)
      return [{ ...fresh, message: { key: 'ended' } }, undefined]
    })
  }
}

/** Nothing is left of the person; the account itself goes with its last effect, so that a crash on the way goes on. */
async function forget({ store }: HandlerServices, { account }: EffectOf<'forget_account'>): Promise<void> {
  const kept = [
    store.memberships,
    store.cases,
    store.proofings,
    store.credentials,
    store.links,
    store.attempts,
    store.devices,
    store.appSessions,
    store.prompts,
  ] as const
  for (const collection of kept) await collection.removeBy('account', account)
}

async function addProof(
  { store, change }: HandlerServices,
  { account: id, attempt, revision, method, at, codesLeft }: EffectOf<'add_proof'>,
): Promise<void> {
  const account = await store.accounts.get(id)
  if (account === undefined) return
  await change('attempts', attempt, (current) => {
    if (current?.revision !== revision || current.finishedAt !== undefined) return [current, undefined]
    const left = codesLeft === undefined ? {} : { codesLeft }
    return [{ ...withProof(current, method, at, account), ...left, revision: revision + 1 }, undefined]
  })
}

async function enrolIdentity(
  { change }: HandlerServices,
  { id, account, subject, issuer, at }: EffectOf<'enrol_identity'>,
): Promise<void> {
  await change('accounts', account, (current) => {
    if (current === undefined) return [current, undefined]
    const enrolled = { ...current, proofing: { subject, issuer, at } }
    return [withEffects(enrolled, proofingTold(account, 'enrolled', id, at)), undefined]
  })
}
