import type { Context } from 'koa'
import type { Acting } from '../../account/told.ts'
import type { Account } from '../../rules/account.ts'
import { type Attempt, type Choice, type PageMessage, withProof } from '../../rules/attempt.ts'
import type { MessageKey } from '../../rules/messages.ts'
import type { Method, PasskeyProof } from '../../rules/proof.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import type { Situation, Step, StepName } from '../../rules/step.ts'
import { mayTry } from '../../rules/tries.ts'
import type { FactorPage, OpenRequest } from '../../views/locals/parts.ts'
import type { PageName, Pages } from '../../views/pages.ts'
import type { Fields } from '../http/form.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'

/** One request of a sign-in, with everything that decides what it may do. */
export interface Visit {
  services: Services
  ctx: Context
  attempt: Attempt
  account?: Account
  /** The case the attempt waits for. */
  case?: RecoveryCase
  situation: Situation
  step: Step
  /** Who tries, for what is counted: a browser that the person has used, or a stranger's network. */
  by: string
  /** Every way in which the person can go on from a verification screen. */
  ways: Choice[]
}

/** A step of the sign-in: its page, and what can be done on it. Actions are named by their path below the attempt. */
export interface SignInStep<N extends StepName & PageName = StepName & PageName> {
  step: N
  show(visit: Visit): Promise<Omit<Pages[N], 'base' | 'form' | 'message'>>
  actions: { [path: string]: Action }
  /** What the page waits for, as a word that changes when it has happened, if there is anything: GET status. */
  status?(visit: Visit): Promise<string | undefined>
}

/** What is done with a form of a step. It never touches the attempt: it says what is to become of it. */
export type Action = (visit: Visit, fields: Fields) => Promise<Outcome>

/** What an action comes to. The hub carries it out, once, and shows what is next. */
export type Outcome =
  /** Nothing is to be said or changed: the page that comes next tells enough. */
  | { does: 'stay' }
  /** Nothing changes, and something is said on the next page. */
  | { does: 'say'; message: PageMessage }
  /** Changes the attempt, if nothing else has changed it meanwhile. */
  | { does: 'change'; change: Change; lost?: MessageKey }
  /** Leads to another site, which brings the person back. */
  | { does: 'leave'; to: string; change: Change }

/** What becomes of an attempt. What was said on the page that was answered is gone by then. */
export type Change = (attempt: Attempt) => Attempt

export const stay: Outcome = { does: 'stay' }

export function say(key: MessageKey, values?: PageMessage['values']): Outcome {
  return { does: 'say', message: { key, values } }
}

/**
 * @param lost what is said where something else changed the attempt meanwhile. Only where that loses the person
 * something: mostly it was the same form, sent twice.
 */
export function change(change: Change, lost?: MessageKey): Outcome {
  return { does: 'change', change, lost }
}

export function leave(to: string, change: Change): Outcome {
  return { does: 'leave', to, change }
}

/** An outcome, and a change that is made whatever it is. */
export function besides(first: Change, outcome: Outcome): Outcome {
  switch (outcome.does) {
    case 'stay':
      return change(first)
    case 'say':
      return change((attempt) => ({ ...first(attempt), message: outcome.message }))
    case 'change':
    case 'leave':
      return { ...outcome, change: (attempt) => outcome.change(first(attempt)) }
  }
}

/** The account of a visit whose step comes after the password. */
export function accountOf(visit: Visit): Account {
  if (visit.account === undefined) throw new Problem(400, 'expired')
  return visit.account
}

/** Who acts, for what is told of it. */
export function actingIn(visit: Visit): Acting {
  const { origin, ask } = visit.attempt
  return { account: accountOf(visit).id, origin, app: ask.app }
}

/** The other ways to prove a second factor, for the page of one of them. */
export function waysBeside({ ways }: Visit, shown: Choice): Choice[] {
  return ways.filter((way) => way !== shown)
}

/** What every page has that asks for a second factor. */
export function verification(visit: Visit, shown: Choice): FactorPage {
  const { email } = accountOf(visit)
  const { trustDays } = visit.situation
  return { email, ways: waysBeside(visit, shown), trustDays, request: openRequest(visit) }
}

/** The person's open request, told only to who has proven the password: the mailbox alone shows none. */
function openRequest({ attempt, situation }: Visit): OpenRequest | undefined {
  const { openCase, asked } = situation
  if (openCase === undefined || openCase.kind !== undefined || attempt.forgotten !== undefined)
    return undefined
  const { status, openedAt, expiresOn, hold, origin } = openCase
  const own = asked === true || attempt.case === openCase.id
  return { own, status, openedAt, expiresAt: expiresOn, holdUntil: hold?.until, origin }
}

/** A second factor was proven just now; whether the person wants this browser to be trusted is on the same form. */
export function proven(visit: Visit, fields: Fields, method: Method, passkey?: PasskeyProof): Outcome {
  const account = accountOf(visit)
  const trusts = fields.trust === 'yes' && visit.situation.trustDays > 0
  const now = visit.services.clock()
  return change((attempt) => {
    const next = withProof(attempt, method, now, account, passkey)
    return trusts ? { ...next, trust: Math.max(now, account.validAfter) } : next
  }, 'overtaken')
}

/**
 * Refuses a code that was wrong. When that locks the person out, the password is asked for again as well: guessing can't
 * go on without it once the lock-out is over (keycloak#26177).
 */
export async function refuseCode(visit: Visit, method: string, key: MessageKey): Promise<Outcome> {
  const { services } = visit
  const account = await services.accounts.get(accountOf(visit).id)
  if (account !== undefined && mayTry(account, method, visit.by, services.clock())) return say(key)
  return change((attempt) => ({ ...attempt, proofs: [], message: { key: 'throttled' } }))
}

/** Minutes until another try is allowed, for people. */
export function minutesUntil(moment: number, now: number): number {
  return Math.max(1, Math.ceil((moment - now) / 60_000))
}
