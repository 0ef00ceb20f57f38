import { ProofingUnavailable, type Verified } from '../adapters/proofing/proofing.ts'
import { tokenHash } from '../adapters/secrets/key-ring.ts'
import type { Account, Locale } from '../rules/account.ts'
import type { AuditEvent } from '../rules/audit/events.ts'
import type { Advance } from '../rules/case-events.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import type { MessageKey } from '../rules/messages.ts'
import { judge, type ProofingRun, type RunOutcome, settle } from '../rules/proofing-run.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import { isAmbiguous, isIdentified, nameParts, samePerson } from '../rules/same-person.ts'
import { type Budget, spend } from '../rules/throttle.ts'
import { told } from '../rules/told.ts'
import { agentsFor } from './agents.ts'
import { applyEvent } from './events.ts'
import type { RecoveryServices } from './services.ts'

/** Milliseconds. */
const day = 86_400_000
/** A verification costs the operator money and the person time. */
const budget: Budget = { capacity: 8, period: day }

export type Begun = { ok: true; url: string } | { ok: false; message: MessageKey }

/**
 * Announces a verification at the provider; the person goes to `url`. What went wrong is a message's key.
 *
 * @param from the name of the browser that begins (interactions/http/beginner.ts), and its language.
 */
export async function beginIdentity(
  services: RecoveryServices,
  from: { browser: string; locale: Locale },
  about: { purpose: ProofingRun['purpose']; account: Account; case?: string; attempt?: string },
): Promise<Begun> {
  const { proofing, create, ring, clock } = services
  if (proofing === undefined) return { ok: false, message: 'not_possible' }
  const { account, purpose } = about
  const now = clock()
  // Of the case: a stranger's tries must not use up the owner's.
  if (!(await withinBudget(services, about.case ?? account.id)))
    return { ok: false, message: 'identity_too_often' }
  const { given, family } = nameParts(account)
  try {
    const { url, kept } = await proofing.begin({
      email: account.email,
      givenName: given,
      familyName: family,
      birthDate: account.birthDate,
      locale: from.locale,
    })
    const id = tokenHash(kept.state)
    const until = now + proofing.time
    const run: ProofingRun = {
      id,
      purpose,
      account: account.id,
      case: about.case,
      attempt: about.attempt,
      browser: tokenHash(from.browser),
      sealed: ring.seal(JSON.stringify(kept), id),
      until,
      createdAt: now,
      expiresAt: until + day,
    }
    await create('proofings', withEffects(run, entry(run, 'identity.begun', 'begun', {})))
    return { ok: true, url }
  } catch (error) {
    if (!(error instanceof ProofingUnavailable)) throw error
    services.log.warn({ err: error.cause }, 'the provider of identity verification refuses')
    return { ok: false, message: 'identity_unavailable' }
  }
}

async function withinBudget({ change, clock }: RecoveryServices, subject: string): Promise<boolean> {
  const now = clock()
  const id = `identity:${subject}`
  return change('throttles', id, (current) => {
    const spent = spend(current?.throttle, budget, now)
    return spent === undefined ? [current, false] : [{ id, throttle: spent, expiresAt: now + day }, true]
  })
}

/** What is written to the log: never a name, never what was verified. */
const entry = (
  run: ProofingRun,
  event: AuditEvent,
  cause: string,
  detail: { [name: string]: string },
): Effect[] => told({ subject: run.account, case: run.case }, { id: `${run.id}:${cause}`, event, detail })

/** Whether what the provider verified is the person of the account. */
export async function judgeVerified(
  services: RecoveryServices,
  account: Account,
  one: RecoveryCase | undefined,
  verified: Verified,
): Promise<RunOutcome> {
  const { claims, matched } = verified
  const others = one?.organization === undefined ? [] : await namesakes(services, one.organization)
  const facts = {
    provedAs: `${verified.issuer}|${verified.subject}`,
    person: samePerson(account, claims, matched),
    ambiguous: isAmbiguous(account, others, claims, matched),
    identified: isIdentified(account, claims, matched),
    decidedByPeople: one?.kind === 'reactivation',
  }
  const { proofing } = account
  const enrolled = proofing === undefined ? {} : { enrolledAs: `${proofing.issuer}|${proofing.subject}` }
  return judge({ ...facts, ...enrolled }, verified)
}

/** Everyone of an organization, whatever their status. */
async function namesakes({ store, accounts }: RecoveryServices, organization: string): Promise<Account[]> {
  const found: Account[] = []
  for (
    let page = await store.memberships.find('organization', organization, { limit: 200 });
    page.length > 0;
    page = await store.memberships.find('organization', organization, { limit: 200, after: page.at(-1)! })
  ) {
    const here = await Promise.all(page.map((membership) => accounts.get(membership.account)))
    found.push(...here.filter((account) => account !== undefined))
  }
  return found
}

/**
 * Writes down how a verification ended; a success is never taken back. What follows from it is promised with it, once:
 * `then` says it for a run that has just ended so.
 */
export async function settleRun(
  { change }: Pick<RecoveryServices, 'change'>,
  run: ProofingRun,
  outcome: RunOutcome,
  then: (run: ProofingRun) => Effect[],
): Promise<RunOutcome> {
  const detail: { [name: string]: string } = outcome.ok
    ? { reference: outcome.reference }
    : { reason: outcome.reason }
  const event = outcome.ok ? 'identity.verified' : 'identity.failed'
  const cause = outcome.ok ? 'ok' : outcome.reason
  return change('proofings', run.id, (current) => {
    const settled = settle(current ?? run, outcome)
    if (current === undefined) return [current, settled.outcome!]
    return [withEffects(settled, [...entry(run, event, cause, detail), ...then(settled)]), settled.outcome!]
  })
}

/** The case goes on, and the sign-in that waits says so; or the person is mailed the link with which it does. */
export function goingOn(run: ProofingRun, how: 'at_once' | 'by_mail'): Effect[] {
  const { id, account, case: one } = run
  if (one === undefined) return []
  return [{ kind: 'go_on', id: `${id}:go-on:${how}`, account, case: one, run: id, how }]
}

/** The next page of the sign-in that waits says how the verification went. */
export function saying({ id, account, attempt }: ProofingRun, key: MessageKey): Effect[] {
  return attempt === undefined
    ? []
    : [{ kind: 'say_to_attempt', id: `${id}:say:${key}`, account, attempt, key }]
}

/** Moves the case on, once: a second answer finds it moved. */
export async function applyVerified(
  services: RecoveryServices,
  run: ProofingRun,
): Promise<Advance | undefined> {
  const { outcome } = run
  if (run.case === undefined || outcome?.ok !== true) return undefined
  const { reference, ambiguous, nameOnly } = outcome
  const agents = await agentsFor(services, run.account)
  return applyEvent(services, run.case, { type: 'verify', reference, ambiguous, nameOnly, agents })
}
