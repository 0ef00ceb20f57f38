import { randomToken } from '../adapters/secrets/key-ring.ts'
import type { HandlerServices, Handlers } from '../effects/services.ts'
import { freshAttempt } from '../rules/attempt.ts'
import { expiredPassword } from '../rules/distrust.ts'
import { type EffectOf, withEffects } from '../rules/effect.ts'
import { reactivated } from '../rules/member-change.ts'
import { withPromisedProof, withShownCodes } from '../rules/proven.ts'
import { disavowed } from '../rules/signals.ts'
import { signalled } from '../rules/told.ts'
import { proofingTold } from './identity.ts'

type Kinds =
  | 'expire_password'
  | 'end_attempts'
  | 'forget_device'
  | 'reactivate'
  | 'forget_account'
  | 'add_proof'
  | 'show_codes'
  | 'enrol_identity'
  | 'set_password'
  | 'void_before'

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
      return change('people', account, (current) => [
        current?.status === 'active' ? current : current && reactivated(current, { id, at, by }),
        undefined,
      ])
    },
    forget_account: (effect) => forget(services, effect),
    add_proof: (effect) => addProof(services, effect),
    show_codes: (effect) =>
      change('attempts', effect.attempt, (current) => [
        current && withShownCodes(current, effect),
        undefined,
      ]),
    enrol_identity: (effect) => enrolIdentity(services, effect),
    set_password: (effect) => setPassword(services, effect),
    void_before: ({ account, at }) =>
      change('protections', account, (current) => [
        current && { ...current, validAfter: Math.max(current.validAfter, at) },
        undefined,
      ]),
  }
}

async function expirePassword(
  { change, people, clock }: HandlerServices,
  { id, account, case: about }: EffectOf<'expire_password'>,
): Promise<void> {
  const now = clock()
  const person = await people.get(account)
  if (person === undefined) return
  // Where passwords are changed elsewhere, nobody could set a new one here.
  const version = people.setPassword === undefined ? undefined : person.passwordVersion
  await change('protections', account, (current) => {
    const expired = current && expiredPassword(current, version, id, now)
    if (expired === undefined) return [current, undefined]
    // Told in the write that makes it true; all that one case causes shares its `txn`. What caused it tells of its own.
    const events = disavowed(now)
    const signal = signalled(account, { id: `${id}:expired`, txn: about ?? id, events })
    return [withEffects(expired, [signal]), undefined]
  })
}

/** Sign-ins under way start over, with their address; those that waited for a reset of their own go on. */
async function endAttempts(
  { store, change, people, clock }: HandlerServices,
  { account, keep, asked }: EffectOf<'end_attempts'>,
): Promise<void> {
  const now = clock()
  const typed = (await people.get(account))?.mail[0]
  for (const attempt of await store.attempts.find('account', account)) {
    if (attempt.id === keep) continue
    const form = randomToken()
    await change('attempts', attempt.id, (current) => {
      const waited = asked !== undefined && current?.asked === asked
      if (current?.account !== account || waited) return [current, undefined]
      const fresh = freshAttempt({ ...current, form }, now, current.revision + 1)
      return [{ ...fresh, typed, message: { key: 'ended' } }, undefined]
    })
  }
}

/** Nothing is left of the person; the account itself goes with its last effect, so that a crash on the way goes on. */
async function forget({ store }: HandlerServices, { account }: EffectOf<'forget_account'>): Promise<void> {
  const kept = [
    store.memberships,
    store.listings,
    store.proposals,
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
  await store.upstreamLinks.removeBy('person', account)
  await store.protections.remove(account)
}

async function addProof({ change, accounts }: HandlerServices, effect: EffectOf<'add_proof'>): Promise<void> {
  const account = await accounts.get(effect.account)
  if (account === undefined) return
  await change('attempts', effect.attempt, (current) => [
    current && withPromisedProof(current, effect, account),
    undefined,
  ])
}

async function enrolIdentity(
  { change }: HandlerServices,
  { id, account, subject, issuer, at }: EffectOf<'enrol_identity'>,
): Promise<void> {
  await change('protections', account, (current) => {
    if (current === undefined) return [current, undefined]
    const enrolled = { ...current, proofing: { subject, issuer, at } }
    return [withEffects(enrolled, proofingTold(account, 'enrolled', id, at)), undefined]
  })
}

/** Sets the password, and promises in the write that notes it what follows. A change that came first stands. */
async function setPassword(services: HandlerServices, effect: EffectOf<'set_password'>): Promise<void> {
  const { id, account, told, voids } = effect
  const protection = await services.store.protections.get(account)
  // "This wasn't me" came in between: the password that had to go must not be settled by whoever knew it.
  if (protection?.passwordSetBy === id || protection?.expiredVersion !== effect.expired) return
  if (!(await isSet(services, effect))) return
  await services.change('protections', account, (current) => {
    if (current === undefined || current.passwordSetBy === id) return [current, undefined]
    const validAfter = Math.max(current.validAfter, voids ?? 0)
    return [withEffects({ ...current, passwordSetBy: id, validAfter }, told), undefined]
  })
}

/** A process that was killed may have set it, and not have noted that: then it is the password that is there. */
async function isSet(
  { people, ring }: HandlerServices,
  { id, account, sealed, seen }: EffectOf<'set_password'>,
): Promise<boolean> {
  const password = ring.open(sealed, `password|${id}`)
  const person = await people.get(account)
  if (person === undefined) return false
  if (person.passwordVersion !== seen) return (await people.verify?.(person, password)) === true
  return (await people.setPassword?.(account, password, seen)) === true
}
