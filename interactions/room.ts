import type { Context } from 'koa'
import type { Fields } from '../http/form.ts'
import { Problem } from '../http/problem.ts'
import { openCaseOf } from '../recovery/cases.ts'
import { withCompletionLink } from '../recovery/continue.ts'
import type { Account, Locale } from '../rules/account.ts'
import type { Attempt, Message } from '../rules/attempt.ts'
import { nextStep, type Situation, type Step, type StepName } from '../rules/next-step.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import { isAllowed } from '../rules/throttle.ts'
import type { Services } from '../services.ts'
import type { PageName, Pages } from '../views/pages.ts'

/** One request of a sign-in, with everything that decides what it may do. */
export interface Visit {
  services: Services
  ctx: Context
  attempt: Attempt
  account?: Account
  case?: RecoveryCase
  situation: Situation
  step: Step
}

/** Changes the attempt or the account; the hub decides what is shown then, unless the action leads elsewhere. */
export type Action = (visit: Visit, fields: Fields) => Promise<void>

/** A step of the sign-in: its page, and what can be done on it. Actions are named by their path below the attempt. */
export interface Room<N extends StepName & PageName = StepName & PageName> {
  step: N
  show(visit: Visit): Promise<Omit<Pages[N], 'base' | 'form' | 'message'>>
  actions: { [path: string]: Action }
}

/** Reads an attempt and what hangs on it. */
export async function visitOf(services: Services, ctx: Context, attempt: Attempt): Promise<Visit> {
  const { store } = services
  const [account, waitedFor, openCase] = await Promise.all([
    attempt.account === undefined ? undefined : store.accounts.get(attempt.account),
    attempt.case === undefined ? undefined : store.cases.get(attempt.case),
    attempt.account === undefined ? undefined : openCaseOf(services, attempt.account),
  ])
  const secondFactorRequired = account === undefined ? false : await policyRequires(services, account)
  const situation: Situation = {
    attempt: account === undefined ? attempt : withCompletionLink(services, ctx, attempt, account),
    secondFactorRequired,
    now: services.clock(),
    ...(openCase === undefined ? {} : { openCase }),
    ...(account === undefined ? {} : { account }),
    ...(waitedFor === undefined ? {} : { case: waitedFor }),
  }
  return { services, ctx, situation, step: nextStep(situation), ...situation }
}

async function policyRequires({ store }: Services, account: Account): Promise<boolean> {
  const memberships = await store.memberships.find('account', account.id)
  const organizations = await Promise.all(memberships.map((one) => store.organizations.get(one.organization)))
  return organizations.some((organization) => organization?.policy.requireSecondFactor === true)
}

/**
 * Changes the attempt. What the change was decided on must still stand: when something else changed the attempt
 * meanwhile, a second submit or a reset, nothing is done and the hub shows where things are now.
 */
export async function changeAttempt(visit: Visit, change: (attempt: Attempt) => Attempt): Promise<void> {
  const { attempt, services } = visit
  await services.store.attempts.update(attempt.id, (current) => {
    if (current?.revision !== attempt.revision || current.finishedAt !== undefined)
      return [current, undefined]
    return [{ ...change(current), revision: current.revision + 1 }, undefined]
  })
}

/** Leaves everything as it is and says something on the next page. */
export async function say(visit: Visit, key: string, values?: Message['values']): Promise<void> {
  const message = values === undefined ? { key } : { key, values }
  await changeAttempt(visit, (attempt) => ({ ...attempt, message }))
}

/**
 * Refuses a code that was wrong. When that locks the person out, the password is asked for again as well: guessing can't
 * go on without it once the lock-out is over (keycloak#26177).
 */
export async function refuseCode(visit: Visit, method: string, key: string): Promise<void> {
  const { services } = visit
  const account = await services.store.accounts.get(accountOf(visit).id)
  if (isAllowed(account?.throttles[method], services.clock())) return say(visit, key)
  await changeAttempt(visit, (attempt) => ({ ...attempt, proofs: [], message: { key: 'throttled' } }))
}

/** The account of a visit whose step comes after the password. */
export function accountOf(visit: Visit): Account {
  if (visit.account === undefined) throw new Problem(400, 'expired')
  return visit.account
}

export function localeOfVisit(visit: Visit): Locale {
  return visit.attempt.locale
}

/** Minutes until another try is allowed, for people. */
export function minutesUntil(moment: number, now: number): number {
  return Math.max(1, Math.ceil((moment - now) / 60_000))
}
