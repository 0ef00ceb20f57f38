import type { Context } from 'koa'
import { issueCodes } from '../../account/issue-codes.ts'
import { browserOf } from '../../account/known-browsers.ts'
import { factorTerms } from '../../account/policies.ts'
import type { Acting } from '../../account/told.ts'
import { openCaseOf } from '../../recovery/cases.ts'
import type { Account, Locale } from '../../rules/account.ts'
import {
  type Attempt,
  type Choice,
  type Message,
  type Method,
  type PasskeyProof,
  withProof,
} from '../../rules/attempt.ts'
import { hasPass, preferenceOf } from '../../rules/challenge.ts'
import { isTrusted } from '../../rules/devices.ts'
import { nextStep } from '../../rules/next-step.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import type { Situation, Step, StepName } from '../../rules/step.ts'
import { isAllowed } from '../../rules/throttle.ts'
import { otherWays } from '../../rules/ways.ts'
import type { PageName, Pages, Verification } from '../../views/pages.ts'
import { readBrowserCookie } from '../http/browser-cookie.ts'
import type { Fields } from '../http/form.ts'
import { Problem } from '../http/problem.ts'
import { withCompletionLink } from '../recovery/continue.ts'
import type { Services } from '../services.ts'

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
  /** What the page waits for, as a word that changes when it has happened: GET status. */
  status?(visit: Visit): Promise<string>
}

/** Reads an attempt and what hangs on it. */
export async function visitOf(services: Services, ctx: Context, attempt: Attempt): Promise<Visit> {
  const { store } = services
  const [account, waitedFor, openCase, device] = await Promise.all([
    attempt.account === undefined ? undefined : store.accounts.get(attempt.account),
    attempt.case === undefined ? undefined : store.cases.get(attempt.case),
    attempt.account === undefined ? undefined : openCaseOf(services, attempt.account),
    attempt.account === undefined
      ? undefined
      : browserOf(services, readBrowserCookie(ctx, services.config.issuer), attempt.account),
  ])
  const { required, kinds, trustDays } =
    account === undefined ? nobody(services) : await factorTerms(services, account)
  const now = services.clock()
  const situation: Situation = {
    attempt: account === undefined ? attempt : withCompletionLink(services, ctx, attempt, account),
    secondFactorRequired: required,
    attests: services.config.passkeys.roots.length > 0,
    kinds,
    trusted: account !== undefined && isTrusted(device, account, trustDays, now),
    trustDays,
    now,
    ...(device?.lastUsed === undefined ? {} : { lastUsed: device.lastUsed }),
    ...(openCase === undefined ? {} : { openCase }),
    ...(account === undefined ? {} : { account }),
    ...(waitedFor === undefined ? {} : { case: waitedFor }),
  }
  return { services, ctx, situation, step: nextStep(situation), ...situation }
}

/** What goes for someone who isn't known yet. */
const nobody = ({ kinds }: Services) => ({ required: false, kinds, trustDays: 0 })

/**
 * Changes the attempt. What the change was decided on must still stand: when something else changed the attempt
 * meanwhile, a second submit or a reset, nothing is done and the hub shows where things are now.
 */
export async function changeAttempt(visit: Visit, change: (attempt: Attempt) => Attempt): Promise<void> {
  await tryChange(visit, change)
}

/** The same, for what must only follow a change that was made. */
export async function tryChange(visit: Visit, change: (attempt: Attempt) => Attempt): Promise<boolean> {
  const { attempt, services } = visit
  return services.store.attempts.update(attempt.id, (current) => {
    if (current?.revision !== attempt.revision || current.finishedAt !== undefined) return [current, false]
    return [{ ...change(current), revision: current.revision + 1 }, true]
  })
}

/**
 * Leaves everything as it is and says something on the next page. The revision stays: of a form that was sent twice, the
 * one that came too late must not undo what the other one has proven.
 */
export async function say(visit: Visit, key: string, values?: Message['values']): Promise<void> {
  const { attempt, services } = visit
  const message = values === undefined ? { key } : { key, values }
  await services.store.attempts.update(attempt.id, (current) => {
    if (current?.revision !== attempt.revision || current.finishedAt !== undefined)
      return [current, undefined]
    return [{ ...current, message }, undefined]
  })
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

/** Who acts, for what is told of it. */
export function actingIn(visit: Visit): Acting {
  const { origin, ask } = visit.attempt
  return { account: accountOf(visit).id, origin, app: ask.app }
}

/** A new set of backup codes, on the page that comes next. */
export async function showNewCodes(visit: Visit): Promise<void> {
  const codes = await issueCodes(visit.services, actingIn(visit))
  if (codes === undefined) return
  await changeAttempt(visit, ({ codesLeft: _left, message: _message, ...current }) => ({ ...current, codes }))
}

/** The other ways to prove a second factor, for the page of one of them. */
export function waysBeside({ situation }: Visit, shown: Choice): Choice[] {
  const { account, attempt } = situation
  if (account === undefined) return []
  return otherWays(
    account,
    preferenceOf(situation),
    shown,
    attempt.forgotten === undefined && hasPass(situation),
  )
}

/** What every page has that asks for a second factor. */
export function verification(visit: Visit, shown: Choice): Verification {
  const { email } = accountOf(visit)
  return { email, ways: waysBeside(visit, shown), trustDays: visit.situation.trustDays }
}

/** A second factor was proven just now; whether the person wants this device to be trusted is on the same form. */
export async function proven(
  visit: Visit,
  fields: Fields,
  method: Method,
  passkey?: PasskeyProof,
): Promise<void> {
  const trust = fields.trust === 'yes' && visit.situation.trustDays > 0
  const now = visit.services.clock()
  await changeAttempt(visit, (attempt) => ({
    ...withProof(attempt, method, now, accountOf(visit), passkey),
    ...(trust ? { trust: Math.max(now, accountOf(visit).validAfter) } : {}),
  }))
}

export function localeOfVisit(visit: Visit): Locale {
  return visit.attempt.locale
}

/** Minutes until another try is allowed, for people. */
export function minutesUntil(moment: number, now: number): number {
  return Math.max(1, Math.ceil((moment - now) / 60_000))
}
