import { randomUUID } from 'node:crypto'
import { sixDigits } from '../adapters/secrets/six-digits.ts'
import { Conflict } from '../adapters/store/port.ts'
import { sealContext } from '../effects/notices.ts'
import type { Account, RecoveryRoute } from '../rules/account.ts'
import type { Origin } from '../rules/attempt.ts'
import { withCaseEffects } from '../rules/case-effects.ts'
import type { Effect } from '../rules/effect.ts'
import { claimed, mayOpen, type Permission, resumed } from '../rules/opening.ts'
import { deadlines, type RecoveryCase, timed } from '../rules/recovery-case.ts'
import { hashRecoveryCode, openCaseOf } from './events.ts'
import { type Prospect, prospectFor } from './prospect.ts'
import type { CaseServices, RecoveryServices } from './services.ts'

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
  /** By what the browser that asks is known again: the hash of a secret that it keeps. */
  browser?: string
  /** The case that this one comes in place of: somebody else had opened it. */
  insteadOf?: string
}

/** Opens a case: a person has at most one. The password was proven by the caller. */
export async function openRecoveryCase(
  services: CaseServices,
  account: Account,
  request: CaseRequest,
): Promise<Opening> {
  const { store, create, clock } = services
  const open = await openCaseOf(services, account.id)
  if (open !== undefined && open.attempt === request.attempt) return { ok: true, case: open }
  if (open !== undefined) return { ok: false, reason: 'open', case: open }
  const earlier = await store.cases.find('account', account.id)
  const counted = earlier.filter(({ id }) => id !== request.insteadOf)
  const permission = mayOpen(counted, request.mailbox, clock())
  if (!permission.ok) return permission
  const begun = newCase(services, account, await prospectFor(services, account), request)
  try {
    await create('cases', begun)
  } catch (error) {
    if (error instanceof Conflict) return openRecoveryCase(services, account, request)
    throw error
  }
  return { ok: true, case: begun }
}

/** Another sign-in waits for the case as well: it says that the request is its own. */
export async function joinCase(
  services: CaseServices,
  id: string,
  request: Pick<CaseRequest, 'attempt' | 'origin'>,
): Promise<RecoveryCase | undefined> {
  return services.change('cases', id, (current) => {
    const next = current && claimed(current, request.attempt, request.origin)
    return [next, next]
  })
}

/** The browser that has asked waits in another sign-in as well. False where there is nothing to wait for any more. */
export async function resume(
  services: CaseServices,
  id: string,
  request: Required<Pick<CaseRequest, 'attempt' | 'origin' | 'browser'>>,
): Promise<boolean> {
  return services.change('cases', id, (current) => {
    const next = current && resumed(current, request.attempt, request.browser, request.origin)
    return [next ?? current, next !== undefined]
  })
}

/** @param begun by whom it is opened, where that isn't the person. */
export function newCase(
  { ring, clock }: CaseServices,
  account: Account,
  prospect: Prospect,
  request: CaseRequest,
  begun?: { by: string; reason: string },
): RecoveryCase {
  const now = clock()
  const id = randomUUID()
  const code = sixDigits()
  const offers = account.status === 'active' ? prospect.offers.map((offer) => offer.route) : identityOnly
  // Where a photo ID is preferred, super admins are asked only when the person chooses them.
  const admin = offers[0] === 'admin'
  const reactivation = account.status !== 'active'
  const status = admin ? 'awaiting_admin' : reactivation ? 'awaiting_identity' : 'requested'
  const opened = timed({
    id,
    account: account.id,
    status,
    route: reactivation ? 'identity' : admin ? 'admin' : undefined,
    kind: reactivation ? 'reactivation' : undefined,
    offers,
    organization: prospect.organization?.id,
    terms: prospect.terms,
    approvers: prospect.approvers,
    approvals: [],
    code: { hash: hashRecoveryCode(ring, id, code), failures: 0 },
    origin: request.origin,
    app: request.app,
    attempt: request.attempt,
    browser: request.browser,
    openedAt: now,
    begun: begun && { ...begun, at: now },
    expiresOn: now + (admin ? deadlines.admin : deadlines.identity),
    history: [{ at: now, status, by: begun?.by ?? account.id }],
    effects: [],
  })
  const promised = withCaseEffects(undefined, opened)
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
