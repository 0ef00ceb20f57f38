import { randomUUID } from 'node:crypto'
import { sixDigits } from '../adapters/secrets/six-digits.ts'
import type { MailedLink } from '../adapters/store/documents.ts'
import { Conflict } from '../adapters/store/port.ts'
import { sealContext } from '../effects/notices.ts'
import { activeSuperAdmins } from '../effects/super-admins.ts'
import type { Account, Factor, Membership, RecoveryRoute } from '../rules/account.ts'
import {
  approversFor,
  decidingMembership,
  mostApprovers,
  type RouteOffer,
  routesFor,
} from '../rules/approvers.ts'
import type { Origin } from '../rules/attempt.ts'
import { withCaseEffects } from '../rules/case-effects.ts'
import { type Advance, advance } from '../rules/case-events.ts'
import { deviceIn } from '../rules/devices.ts'
import { distrust, type Suspicion } from '../rules/distrust.ts'
import { type Effect, type SignalEvent, withEffects } from '../rules/effect.ts'
import { claimed, mayOpen, opened, type Permission } from '../rules/opening.ts'
import {
  type CaseEvent,
  type CaseTerms,
  deadlines,
  type RecoveryCase,
  timed,
} from '../rules/recovery-case.ts'
import { isIdentified } from '../rules/same-person.ts'
import { credentialsDistrusted } from '../rules/signals.ts'
import { agentsFor } from './agents.ts'
import type { RecoveryServices } from './services.ts'

type CaseServices = Pick<RecoveryServices, 'store' | 'clock' | 'ring' | 'effects' | 'proofing'>

/** Who would decide, and how: what the person is told before asking. */
export interface Prospect {
  organization?: { id: string; name: string }
  approvers: string[]
  offers: RouteOffer[]
  terms: CaseTerms
}

const hour = 3_600_000
const defaultSupportHold = 48

/** Looks up who decides about an account's reset. */
export async function prospectFor(
  { store, proofing }: Pick<RecoveryServices, 'store' | 'proofing'>,
  account: Account,
): Promise<Prospect> {
  const memberships = await store.memberships.find('account', account.id)
  const deciding = decidingMembership(memberships)
  const organization = deciding && (await store.organizations.get(deciding.organization))
  const superAdmins = organization ? await firstSuperAdmins(store, organization.id) : []
  const approvers = approversFor(account.id, superAdmins)
  const policy = organization?.policy ?? {}
  const agents = await agentsFor(store, account.id)
  return {
    ...(organization ? { organization: { id: organization.id, name: organization.name } } : {}),
    approvers,
    offers: routesFor({
      approvers: approvers.length,
      superAdmin: deciding?.role === 'super_admin',
      active: account.status === 'active',
      proofing: proofing !== undefined,
      identified: isIdentified(account),
      support: agents.length > 0,
      preferIdentity: policy.preferIdentity === true,
      routesOff: policy.routesOff ?? [],
    }),
    terms: {
      approvalsNeeded: policy.approvals ?? 1,
      holdAfterApproval: (policy.holdAfterApprovalHours ?? 0) * hour,
      supportHold: Math.min(72, Math.max(48, policy.supportHoldHours ?? defaultSupportHold)) * hour,
      afterReset: policy.afterReset ?? 'password',
    },
  }
}

/** One more than are asked, as the subject may be among them. */
async function firstSuperAdmins(
  store: RecoveryServices['store'],
  organization: string,
): Promise<Membership[]> {
  const found: Membership[] = []
  for await (const membership of activeSuperAdmins(store, organization)) {
    found.push(membership)
    if (found.length > mostApprovers) break
  }
  return found
}

export type Opening =
  | { ok: true; case: RecoveryCase }
  /** There is one already, and this sign-in didn't open it. */
  | { ok: false; reason: 'open'; case: RecoveryCase }
  | (Permission & { ok: false })

/** A sign-in that asks for a reset. */
export interface CaseRequest {
  attempt: string
  origin: Origin
  app: string
  /** The person has proven the mailbox as well as the password. */
  mailbox: boolean
  /** The case that this one comes in place of: somebody else had opened it. */
  insteadOf?: string
}

/** Opens a case: a person has at most one. The password was proven by the caller. */
export async function openCase(
  services: CaseServices,
  account: Account,
  request: CaseRequest,
): Promise<Opening> {
  const { store, clock } = services
  const open = await openCaseOf(services, account.id)
  if (open !== undefined && opened(open, request.attempt)) return { ok: true, case: open }
  if (open !== undefined) return { ok: false, reason: 'open', case: open }
  const earlier = await store.cases.find('account', account.id)
  const counted = earlier.filter(({ id }) => id !== request.insteadOf)
  const permission = mayOpen(counted, request.mailbox, clock())
  if (!permission.ok) return permission
  const begun = newCase(services, account, await prospectFor(services, account), request)
  try {
    await store.cases.insert(begun)
  } catch (error) {
    if (error instanceof Conflict) return openCase(services, account, request)
    throw error
  }
  await services.effects.settle('cases', begun.id)
  return { ok: true, case: begun }
}

/** Another sign-in waits for the case as well: it says that the request is its own. */
export async function joinCase(
  services: CaseServices,
  id: string,
  request: Pick<CaseRequest, 'attempt' | 'origin'>,
): Promise<RecoveryCase | undefined> {
  const joined = await services.store.cases.update(id, (current) => {
    const next = current && claimed(current, request.attempt, request.origin)
    return [next, next]
  })
  await services.effects.settle('cases', id)
  return joined
}

function newCase(
  { ring, clock }: CaseServices,
  account: Account,
  prospect: Prospect,
  request: CaseRequest,
): RecoveryCase {
  const now = clock()
  const id = randomUUID()
  const code = sixDigits()
  const offers = account.status === 'active' ? prospect.offers.map((offer) => offer.route) : identityOnly
  // Where a photo ID is preferred, super admins are asked only when the person chooses them.
  const admin = offers[0] === 'admin'
  const reactivation = account.status !== 'active'
  const status = admin ? 'awaiting_admin' : reactivation ? 'awaiting_identity' : 'requested'
  const begun = timed({
    id,
    account: account.id,
    status,
    ...(admin ? { route: 'admin' as const } : {}),
    ...(reactivation ? { kind: 'reactivation' as const, route: 'identity' as const } : {}),
    offers,
    ...(prospect.organization ? { organization: prospect.organization.id } : {}),
    terms: prospect.terms,
    approvers: prospect.approvers,
    approvals: [],
    code: { hash: hashRecoveryCode(ring, id, code), failures: 0 },
    origin: request.origin,
    app: request.app,
    attempt: request.attempt,
    openedAt: now,
    expiresOn: now + (admin ? deadlines.admin : deadlines.identity),
    history: [{ at: now, status, by: account.id }],
    effects: [],
  })
  const promised = withCaseEffects(undefined, begun)
  return {
    ...promised,
    effects: promised.effects.map((effect) => (admin ? withCode(ring, effect, code) : effect)),
  }
}

/** Who may not sign in shows a photo ID before the support hears of it. */
const identityOnly: RecoveryRoute[] = ['identity']

/** Only the subject's own mail carries the code, sealed until it is written. */
function withCode(ring: RecoveryServices['ring'], effect: Effect, code: string): Effect {
  if (effect.kind !== 'notice' || effect.name !== 'recovery_requested') return effect
  return { ...effect, sealed: ring.seal(code, sealContext(effect)) }
}

export function hashRecoveryCode(ring: RecoveryServices['ring'], id: string, code: string): string {
  return ring.mac(`recovery-code|${id}|${code}`)
}

/** The person's open case. Time may have ended it already; then that is written first. */
export async function openCaseOf(services: CaseServices, account: string): Promise<RecoveryCase | undefined> {
  const [open] = await services.store.cases.find('openFor', account, { limit: 1 })
  if (open === undefined || open.wakeAt === undefined || open.wakeAt > services.clock()) return open
  await applyEvent(services, open.id, { type: 'wake' })
  const [still] = await services.store.cases.find('openFor', account, { limit: 1 })
  return still
}

/** Applies an event inside the store's update, then carries out what the change promises. */
export async function applyEvent(
  services: CaseServices,
  id: string,
  event: CaseEvent,
): Promise<Advance | undefined> {
  const outcome = await changeCase(services, id, event)
  await services.effects.settle('cases', id)
  return outcome
}

/** Ends a case for its subject. False where it has come too far, or to another end. */
export async function cancelCase(services: CaseServices, id: string): Promise<boolean> {
  const outcome = await applyEvent(services, id, { type: 'cancel' })
  return outcome?.case.status === 'cancelled'
}

async function changeCase(
  { store, clock }: CaseServices,
  id: string,
  event: CaseEvent,
): Promise<Advance | undefined> {
  const now = clock()
  return store.cases.update(id, (current) => {
    if (current === undefined) return [current, undefined]
    const advanced = advance(current, event, now)
    return [withCaseEffects(current, advanced.case), advanced as Advance | undefined]
  })
}

/** Asks the super admins of a case that began with a photo ID: the subject is mailed a new code for it. */
export async function chooseAdmin(services: CaseServices, id: string): Promise<Advance | undefined> {
  const { ring, clock, store } = services
  const code = sixDigits()
  const now = clock()
  const outcome = await store.cases.update(id, (current) => {
    if (current === undefined) return [current, undefined]
    const advanced = advance(current, { type: 'choose_admin', code: hashRecoveryCode(ring, id, code) }, now)
    const sealed = ring.seal(code, sealContext({ id: '', case: id }))
    return [withCaseEffects(current, advanced.case, sealed), advanced as Advance | undefined]
  })
  await services.effects.settle('cases', id)
  return outcome
}

/** Lets time act on every case it is due for: reminders, holds, expiry. */
export async function wakeCases(services: CaseServices): Promise<void> {
  for (let due = await dueCases(services); due.length > 0; due = await dueCases(services)) {
    for (const { id } of due) await applyEvent(services, id, { type: 'wake' })
  }
}

async function dueCases({ store, clock }: CaseServices): Promise<RecoveryCase[]> {
  const next = await store.cases.find('waiting', 'yes', { limit: 50 })
  return next.filter((one) => one.wakeAt !== undefined && one.wakeAt <= clock())
}

/**
 * "This wasn't me": ends the case while it is open. Whatever it was about, everyone is signed out and the next sign-in
 * sets a new password, since whoever did it knows the present one. Pressing twice does it once.
 */
export async function disavow(services: CaseServices, link: MailedLink): Promise<void> {
  const ended =
    link.case === undefined ? undefined : await changeCase(services, link.case, { type: 'disavow' })
  // What the case still promises comes last: a reset that was granted must not be carried out by the one who stops it.
  if (!ended?.ok && ended?.case.status !== 'disavowed') await disavowAccount(services, link, ended?.case)
  if (link.case !== undefined) await services.effects.settle('cases', link.case)
}

async function disavowAccount(
  services: CaseServices,
  link: MailedLink,
  one: RecoveryCase | undefined,
): Promise<void> {
  const id = `disavow:${link.id}`
  const suspicion = await suspicionOf(services, link)
  const now = services.clock()
  await services.store.accounts.update(link.account, (current) => {
    if (
      current === undefined ||
      current.expiries?.includes(id) ||
      current.effects.some((effect) => effect.id === id)
    ) {
      return [current, undefined]
    }
    const stopped = withResetStopped(current, one)
    const distrusted = distrust(stopped, suspicion, now)
    const revoked = credentialsDistrusted(current, distrusted, now)
    const effects = [...disavowal(current.id, id, revoked, one), ...forgotten(link, id)]
    return [withEffects(distrusted, effects), undefined]
  })
  await services.effects.settle('accounts', link.account)
}

/** Between the decision and the reset, the account says which came first: the reset, or the owner who stops it. */
function withResetStopped(account: Account, one: RecoveryCase | undefined): Account {
  const granted = one?.status === 'completing' && account.lastReset !== one.id
  return granted ? { ...account, stoppedReset: one.id } : account
}

/**
 * What the person says is not theirs: the factor that the notice was about, and whatever came after a reset that they
 * did not ask for. Without this, a thief's own factor would be the proof with which the new password is set.
 */
async function suspicionOf(
  { store }: CaseServices,
  { case: id, about = '' }: MailedLink,
): Promise<Suspicion> {
  const completedAt = id === undefined ? undefined : (await store.cases.get(id))?.completedAt
  if (completedAt !== undefined) {
    const factor = ({ createdAt }: Factor) => createdAt >= completedAt
    return { factor, codes: true, address: ({ verifiedAt }) => verifiedAt >= completedAt }
  }
  const [notice, effect] = about.split('|')
  const added = notice === 'factor_added'
  return {
    factor: (factor) => added && effect === `${factor.id}:notice`,
    codes: added || notice === 'backup_code_used' || notice === 'backup_codes_created',
    address: ({ addition }) => notice === 'address_added' && effect === `${addition}:notice`,
  }
}

/** A device that the person doesn't know: should it come again, they are told again. */
function forgotten({ account, about = '' }: MailedLink, id: string): Effect[] {
  const device = deviceIn(about.split('|')[1] ?? '')
  return device === undefined ? [] : [{ kind: 'forget_device', id: `${id}:device`, account, device }]
}

function disavowal(
  account: string,
  id: string,
  revoked: SignalEvent[],
  one: RecoveryCase | undefined,
): Effect[] {
  const told: Effect[] =
    revoked.length === 0 ? [] : [{ kind: 'signal', id: `${id}:distrust`, account, txn: id, events: revoked }]
  return [
    ...told,
    { kind: 'expire_password', id, account },
    { kind: 'end_attempts', id: `${id}:attempts`, account },
    { kind: 'end_sessions', id: `${id}:sessions`, account },
    { kind: 'audit', id: `${id}:audit`, event: 'sign_in.disavowed', subject: account, detail: {} },
    { kind: 'notice', id: `${id}:notice`, name: 'sign_in_disavowed', to: account, data: {} },
    // Whoever was asked about a case that is over may have been deceived.
    ...(one?.approvers ?? []).map((to): Effect => {
      const name = 'approval_disavowed' as const
      return { kind: 'notice', id: `${id}:approver:${to}`, name, to, case: one!.id, data: {} }
    }),
  ]
}
