import { randomUUID } from 'node:crypto'
import type { Provider } from 'oidc-provider'
import { randomToken } from '../adapters/secrets/key-ring.ts'
import { findAll } from '../adapters/store/find-all.ts'
import type { Collection } from '../adapters/store/port.ts'
import type { Lease } from '../rules/account.ts'
import { freshAttempt } from '../rules/attempt.ts'
import { withCaseEffects } from '../rules/case-effects.ts'
import { advance } from '../rules/case-events.ts'
import { expiredPassword } from '../rules/distrust.ts'
import {
  type AccountEffect,
  type Effect,
  type SignalEffect,
  type SuperAdminsEffect,
  withEffects,
  withoutEffect,
} from '../rules/effect.ts'
import { stripAccount } from '../rules/enrolment.ts'
import { reactivated } from '../rules/member-change.ts'
import { issuePass } from '../rules/pass.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import { disavowed, passIssued, resetDone } from '../rules/signals.ts'
import type { Audit } from './audit.ts'
import { type NoticeServices, sendNotice } from './notices.ts'
import {
  type Effects,
  type LogoutTarget,
  type PromisingName,
  promising,
  type Revocation,
} from './services.ts'
import { activeSuperAdmins } from './super-admins.ts'

export type EffectServices = NoticeServices & {
  audit: Audit
  provider(): Provider
  revocation: Revocation
  /** Gives security events to the streams of relying apps. */
  publish(effect: SignalEffect): Promise<void>
}

/** Documents that promise effects. */
interface Promising {
  id: string
  effects: Effect[]
  effectsDue?: 'yes'
  lease?: Lease
}

/** After this time another process may go on where this one stopped. Milliseconds. */
const leaseTime = 30_000
/** How long the link of the completion mail is good for, where the policy asks for it. Milliseconds. */
const completionLinkLifetime = 86_400_000

export function createEffects(services: EffectServices): Effects {
  const { store } = services
  const settle = async (kind: PromisingName, id: string) => {
    const documents = store[kind] as unknown as Collection<Promising>
    const owner = randomUUID()
    while (await claim(documents, id, owner, services.clock)) {
      await perform({ ...services, settle }, documents, id)
      if (await release(documents, id, owner)) return
    }
  }
  return {
    settle,
    settleAll: async () => {
      const faults: unknown[] = []
      for (const kind of promising) {
        // What fails is tried again next time; meanwhile it holds up nobody else's.
        for (const id of await idsDue(store[kind] as unknown as Collection<Promising, 'effectsDue'>))
          await settle(kind, id).catch((error) => faults.push(error))
      }
      if (faults.length > 0) throw new AggregateError(faults, 'effects could not be carried out')
    },
  }
}

async function idsDue(documents: Collection<Promising, 'effectsDue'>): Promise<string[]> {
  const found = await findAll(documents, 'effectsDue', 'yes')
  return found.map(({ id }) => id)
}

async function claim(
  documents: Collection<Promising>,
  id: string,
  owner: string,
  clock: () => number,
): Promise<boolean> {
  const now = clock()
  return documents.update(id, (current) => {
    const taken = current?.lease !== undefined && current.lease.owner !== owner && current.lease.until > now
    if (current === undefined || current.effects.length === 0 || taken) return [current, false]
    return [{ ...current, lease: { owner, until: now + leaseTime } }, true]
  })
}

/** Gives the document free; false when there are new effects to carry out first. */
async function release(documents: Collection<Promising>, id: string, owner: string): Promise<boolean> {
  return documents.update(id, (current) => {
    if (current === undefined || current.lease?.owner !== owner) return [current, true]
    if (current.effects.length > 0) return [current, false]
    const { lease: _, ...free } = current
    return [free, true]
  })
}

type Performing = EffectServices & Pick<Effects, 'settle'>

async function perform(services: Performing, documents: Collection<Promising>, id: string): Promise<void> {
  for (let next = await documents.get(id); next !== undefined && next.effects.length > 0; ) {
    const effect = next.effects[0]!
    await performOne(services, effect)
    next = await documents.update(id, (current) => {
      const left = current && struckOff(current, effect.id, services.clock())
      return [left, left]
    })
  }
}

/** Strikes an effect off; with the last one, in the same write, a completing case is completed, or the document free. */
function struckOff(current: Promising, effect: string, now: number): Promising {
  const left = withoutEffect(current, effect)
  if (left.effects.length > 0) return left
  if (isCompleting(left)) return withCaseEffects(left, advance(left, { type: 'done' }, now).case)
  const { lease: _, ...free } = left
  return free
}

const isCompleting = (document: Promising): document is RecoveryCase =>
  'status' in document && document.status === 'completing'

/** Every kind is idempotent: it may run again after a crash. */
async function performOne(services: Performing, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case 'notice':
      return sendNotice(services, effect)
    case 'audit': {
      const { kind: _, id, ...fact } = effect
      return services.audit.append({ ...fact, cause: id })
    }
    case 'strip_account':
      await strip(services, effect)
      return noteStopped(services, effect)
    case 'issue_pass':
      await givePass(services, effect)
      return noteStopped(services, effect)
    case 'expire_password':
      return expirePassword(services, effect)
    case 'end_attempts':
      return endAttempts(services, effect)
    case 'end_cases':
      return endCases(services, effect)
    case 'forget_device':
      return forgetDevice(services, effect)
    case 'reactivate':
      return reactivate(services, effect)
    case 'end_sessions':
      return endSessions(services, effect)
    case 'end_some':
      return endSomeSessions(services, effect)
    case 'signal':
      return services.publish(effect)
    case 'tell_super_admins':
      return tellSuperAdmins(services, effect)
  }
}

async function strip({ store, clock, settle }: Performing, effect: AccountEffect): Promise<void> {
  const now = clock()
  const about: RecoveryCase | undefined = await store.cases.get(effect.case!)
  const mailed = about?.terms.afterReset === 'password_and_mail'
  const recovered = {
    case: effect.case!,
    route: about?.route ?? 'admin',
    at: now,
    ...(mailed ? { mailUntil: now + completionLinkLifetime } : {}),
  }
  await store.accounts.update(effect.account, (current) => {
    const next = current && stripAccount(current, recovered, now)
    if (current === undefined || next === undefined || next === current) return [current, undefined]
    return [withEffects(next, [signal(effect, resetDone(current, recovered.route, now))]), undefined]
  })
  await settle('accounts', effect.account)
}

/** The account decides whether "this wasn't me" came before the reset; then the case must not end as if it had happened. */
async function noteStopped({ store }: EffectServices, effect: AccountEffect): Promise<void> {
  const account = await store.accounts.get(effect.account)
  if (account?.stoppedReset !== effect.case) return
  await store.cases.update(effect.case!, (current) => [current && { ...current, stopped: true }, undefined])
}

/** Told in the write that makes it true; all that one case causes shares its `txn`. */
const signal = (effect: AccountEffect, events: SignalEffect['events']): SignalEffect => ({
  kind: 'signal',
  id: `${effect.id}:signal`,
  account: effect.account,
  txn: effect.case ?? effect.id,
  events,
})

/** The old factors stay: the pass only lets the person in to enrol a new one. */
async function givePass({ store, clock, settle }: Performing, effect: AccountEffect): Promise<void> {
  const now = clock()
  const pass = (await store.cases.get(effect.case!))?.pass
  await store.accounts.update(effect.account, (current) => {
    const next = current && pass && issuePass(current, effect.case!, pass, now)
    if (next === undefined || next === current) return [current, undefined]
    return [withEffects(next, [signal(effect, passIssued())]), undefined]
  })
  await settle('accounts', effect.account)
}

async function expirePassword({ store, clock, settle }: Performing, effect: AccountEffect): Promise<void> {
  const now = clock()
  await store.accounts.update(effect.account, (current) => {
    const expired = current && expiredPassword(current, effect.id, now)
    if (expired === undefined) return [current, undefined]
    return [withEffects(expired, [signal(effect, disavowed(now))]), undefined]
  })
  await settle('accounts', effect.account)
}

/** Each notice has an id of its own, so that one which was sent before a crash isn't sent again. */
async function tellSuperAdmins(services: EffectServices, effect: SuperAdminsEffect): Promise<void> {
  const { id, name, data } = effect
  for await (const { account } of activeSuperAdmins(services.store, effect.organization)) {
    if (account === effect.except) continue
    await sendNotice(services, { kind: 'notice', id: `${id}:${account}`, name, to: account, data })
  }
}

/** Sign-ins under way start over; the one that waited for the case goes on. */
async function endAttempts({ store, clock }: EffectServices, effect: AccountEffect): Promise<void> {
  const now = clock()
  for (const attempt of await store.attempts.find('account', effect.account)) {
    if (attempt.id === effect.keep) continue
    const form = randomToken()
    await store.attempts.update(attempt.id, (current) => {
      if (current?.account !== effect.account) return [current, undefined]
      const fresh = freshAttempt({ ...current, form }, now, current.revision + 1)
      return [{ ...fresh, message: { key: 'ended' } }, undefined]
    })
  }
}

/** Whoever was shut out no longer has a request that someone could approve. */
async function endCases({ store, clock }: EffectServices, effect: AccountEffect): Promise<void> {
  const [open] = await store.cases.find('openFor', effect.account, { limit: 1 })
  if (open === undefined || open.kind === 'reactivation') return
  const by = effect.by ?? effect.account
  await store.cases.update(open.id, (current) => [
    current && withCaseEffects(current, advance(current, { type: 'cancel', by }, clock()).case),
    undefined,
  ])
}

async function forgetDevice({ store }: EffectServices, effect: AccountEffect): Promise<void> {
  await store.devices.update(effect.device!, (current) => [
    current?.account === effect.account ? undefined : current,
    undefined,
  ])
}

async function reactivate({ store, clock }: EffectServices, effect: AccountEffect): Promise<void> {
  const change = { id: effect.id, at: clock(), ...(effect.by === undefined ? {} : { by: effect.by }) }
  await store.accounts.update(effect.account, (current) => [
    current && (current.status === 'active' ? current : reactivated(current, change)),
    undefined,
  ])
}

async function endSessions(services: EffectServices, effect: AccountEffect): Promise<void> {
  const { account, id } = effect
  await tellApps(services, effect, await services.revocation.endEverything(account, id, effect))
}

async function endSomeSessions(services: EffectServices, effect: AccountEffect): Promise<void> {
  const { session, keepSession = '' } = effect
  const which = session === undefined ? { keepSession } : { session }
  await tellApps(services, effect, await services.revocation.endSome(effect.account, effect.id, which))
}

async function tellApps(
  services: EffectServices,
  effect: AccountEffect,
  targets: LogoutTarget[],
): Promise<void> {
  for (const target of targets) {
    const client = await services.provider().Client.find(target.client)
    if (client?.backchannelLogoutUri === undefined) continue
    const id = `${effect.id}:${target.client}:${target.sid}`
    await services.outbox.queue(id, `client:${target.client}`, { kind: 'logout', ...target })
  }
}
