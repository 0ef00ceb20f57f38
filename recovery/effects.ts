import type { HandlerServices, Handlers } from '../effects/services.ts'
import type { Protection } from '../rules/account.ts'
import { withCaseEffects } from '../rules/case-effects.ts'
import { advance } from '../rules/case-events.ts'
import { type EffectOf, type SignalEffect, withEffects } from '../rules/effect.ts'
import { stripAccount } from '../rules/enrolment.ts'
import { issuePass } from '../rules/pass.ts'
import type { ProofingRun } from '../rules/proofing-run.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import { passIssued, resetDone } from '../rules/signals.ts'
import { mailed, signalled } from '../rules/told.ts'
import { agentsFor } from './agents.ts'

/** How long the link of the completion mail is good for, where the policy asks for it. Milliseconds. */
const completionLinkLifetime = 86_400_000

/** What a case does to its account, and what else ends or moves a case. */
export function recoveryHandlers(
  services: HandlerServices,
): Handlers<'strip_account' | 'issue_pass' | 'end_cases' | 'go_on' | 'say_to_attempt'> {
  return {
    strip_account: async (effect) => {
      await strip(services, effect)
      await noteStopped(services, effect)
    },
    issue_pass: async (effect) => {
      await givePass(services, effect)
      await noteStopped(services, effect)
    },
    end_cases: (effect) => endCases(services, effect),
    go_on: (effect) => goOn(services, effect),
    say_to_attempt: (effect) => sayToAttempt(services, effect),
  }
}

/** A completing case is completed with its last effect. */
export function caseEnding(one: RecoveryCase, now: number): RecoveryCase {
  return one.status === 'completing' ? withCaseEffects(one, advance(one, { type: 'done' }, now).case) : one
}

async function strip(
  { store, change, clock }: HandlerServices,
  effect: EffectOf<'strip_account'>,
): Promise<void> {
  const now = clock()
  const about = await store.cases.get(effect.case)
  const mailed = about?.terms.afterReset === 'password_and_mail'
  const recovered = {
    case: effect.case,
    route: about?.route ?? ('admin' as const),
    at: now,
    mailUntil: mailed ? now + completionLinkLifetime : undefined,
  }
  await change('protections', effect.account, (current) => {
    const next = current && stripAccount(current, recovered, now)
    return appsTold(effect, current, next, () => resetDone(current!, recovered.route, now))
  })
}

/** The old factors stay: the pass only lets the person in to enrol a new one. */
async function givePass(
  { store, change, clock }: HandlerServices,
  effect: EffectOf<'issue_pass'>,
): Promise<void> {
  const now = clock()
  const pass = (await store.cases.get(effect.case))?.pass
  await change('protections', effect.account, (current) => {
    const next = current && pass && issuePass(current, effect.case, pass, now)
    return appsTold(effect, current, next, passIssued)
  })
}

/** Told in the write that makes it true; all that one case causes shares its `txn`. */
function appsTold(
  effect: EffectOf<'strip_account' | 'issue_pass'>,
  current: Protection | undefined,
  next: Protection | undefined,
  events: () => SignalEffect['events'],
): [Protection | undefined, undefined] {
  if (next === undefined || next === current) return [current, undefined]
  const { id, account, case: txn } = effect
  return [withEffects(next, [signalled(account, { id: `${id}:signal`, txn, events: events() })]), undefined]
}

/** The account decides whether "this wasn't me" came before the reset; then the case must not end as if it had happened. */
async function noteStopped(
  { change, accounts }: HandlerServices,
  effect: EffectOf<'strip_account' | 'issue_pass'>,
): Promise<void> {
  const account = await accounts.get(effect.account)
  if (account?.stoppedReset !== effect.case) return
  await change('cases', effect.case, (current) => [current && { ...current, stopped: true }, undefined])
}

/** Whoever was shut out no longer has a request that someone could approve. */
async function endCases(
  { store, change, clock }: HandlerServices,
  { account, by = account }: EffectOf<'end_cases'>,
): Promise<void> {
  const [open] = await store.cases.find('openFor', account, { limit: 1 })
  if (open === undefined || open.kind === 'reactivation') return
  await change('cases', open.id, (current) => [
    current && withCaseEffects(current, advance(current, { type: 'cancel', by }, clock()).case),
    undefined,
  ])
}

/** Moves a verified case on, once: a second answer finds it moved. Where nobody is there to say whose it is, a mail asks. */
async function goOn(
  services: HandlerServices,
  { case: id, run: about, how }: EffectOf<'go_on'>,
): Promise<void> {
  const run = await services.store.proofings.get(about)
  if (run?.outcome?.ok !== true) return
  const { reference, ambiguous, nameOnly } = run.outcome
  const agents = await agentsFor(services, run.account)
  const now = services.clock()
  const moved = await services.change('cases', id, (current) => {
    if (current?.status !== 'awaiting_identity')
      return [current, current?.verification?.reference === reference]
    if (how === 'by_mail') return [asked(current, run), false]
    const advanced = advance(current, { type: 'verify', reference, ambiguous, nameOnly, agents }, now)
    return [withCaseEffects(current, advanced.case), advanced.ok]
  })
  const { account, attempt } = run
  if (moved && attempt !== undefined)
    await sayToAttempt(services, { attempt, account, key: nameOnly ? 'identity_name_only' : 'identity_done' })
}

/** Mails the link with which the person goes on where the redirect never arrives. */
function asked(one: RecoveryCase, run: ProofingRun): RecoveryCase {
  const id = `${run.id}:ready`
  if (one.effects.some((effect) => effect.id === id)) return one
  const data = { run: run.id, until: run.expiresAt }
  return withEffects(one, [mailed('identity_ready', one.account, { id, case: one.id, data })])
}

async function sayToAttempt(
  { change }: HandlerServices,
  { attempt, account, key }: Pick<EffectOf<'say_to_attempt'>, 'attempt' | 'account' | 'key'>,
): Promise<void> {
  await change('attempts', attempt, (current) => {
    if (current?.account !== account || current.finishedAt !== undefined) return [current, undefined]
    return [{ ...current, message: { key }, revision: current.revision + 1 }, undefined]
  })
}
