import { ProofingUnavailable, type Verified } from '../adapters/proofing/proofing.ts'
import { tokenHash } from '../adapters/secrets/key-ring.ts'
import type { Account, Locale } from '../rules/account.ts'
import type { AuditEvent } from '../rules/audit/events.ts'
import type { Advance } from '../rules/case-events.ts'
import { judge, type ProofingRun, type RunOutcome, settle } from '../rules/proofing-run.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import { isAmbiguous, isIdentified, nameParts, samePerson } from '../rules/same-person.ts'
import { type Budget, spend } from '../rules/throttle.ts'
import { agentsFor } from './agents.ts'
import { applyEvent } from './cases.ts'
import type { RecoveryServices } from './services.ts'

/** Milliseconds. */
const day = 86_400_000
/** A verification costs the operator money and the person time. */
const budget: Budget = { capacity: 8, period: day }

export type Begun = { ok: true; url: string } | { ok: false; message: string }

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
  const { proofing, store, ring, clock } = services
  if (proofing === undefined) return { ok: false, message: 'not_possible' }
  const { account, purpose } = about
  const now = clock()
  if (!(await withinBudget(services, account.id))) return { ok: false, message: 'identity_too_often' }
  const { given, family } = nameParts(account)
  try {
    const { url, kept } = await proofing.begin({
      email: account.email,
      givenName: given,
      familyName: family,
      ...(account.birthDate === undefined ? {} : { birthDate: account.birthDate }),
      locale: from.locale,
    })
    const id = tokenHash(kept.state)
    const until = now + proofing.time
    await store.proofings.insert({
      id,
      purpose,
      account: account.id,
      ...(about.case === undefined ? {} : { case: about.case }),
      ...(about.attempt === undefined ? {} : { attempt: about.attempt }),
      browser: tokenHash(from.browser),
      sealed: ring.seal(JSON.stringify(kept), id),
      until,
      createdAt: now,
      expiresAt: until + day,
    })
    await services.audit.append(fact(about, 'identity.begun', {}))
    return { ok: true, url }
  } catch (error) {
    if (!(error instanceof ProofingUnavailable)) throw error
    services.log.warn({ err: error.cause }, 'the provider of identity verification refuses')
    return { ok: false, message: 'identity_unavailable' }
  }
}

async function withinBudget({ store, clock }: RecoveryServices, account: string): Promise<boolean> {
  const now = clock()
  const id = `identity:${account}`
  return store.throttles.update(id, (current) => {
    const spent = spend(current?.throttle, budget, now)
    return spent === undefined ? [current, false] : [{ id, throttle: spent, expiresAt: now + day }, true]
  })
}

/** What is written to the log: never a name, never what was verified. */
const fact = (
  about: { account: Account | string; case?: string },
  event: AuditEvent,
  detail: { [name: string]: string },
) => ({
  event,
  subject: typeof about.account === 'string' ? about.account : about.account.id,
  ...(about.case === undefined ? {} : { case: about.case }),
  detail,
})

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
async function namesakes({ store }: RecoveryServices, organization: string): Promise<Account[]> {
  const found: Account[] = []
  for (
    let page = await store.memberships.find('organization', organization, { limit: 200 });
    page.length > 0;
    page = await store.memberships.find('organization', organization, { limit: 200, after: page.at(-1)! })
  ) {
    const accounts = await Promise.all(page.map((membership) => store.accounts.get(membership.account)))
    found.push(...accounts.filter((account) => account !== undefined))
  }
  return found
}

/** Writes down how a verification ended; a success is never taken back. */
export async function settleRun(
  services: RecoveryServices,
  run: ProofingRun,
  outcome: RunOutcome,
): Promise<RunOutcome> {
  const standing = await services.store.proofings.update(run.id, (current) => {
    const settled = settle(current ?? run, outcome)
    return [current === undefined ? current : settled, settled.outcome!]
  })
  const detail: { [name: string]: string } = outcome.ok
    ? { reference: outcome.reference }
    : { reason: outcome.reason }
  const event = outcome.ok ? 'identity.verified' : 'identity.failed'
  await services.audit.append({
    ...fact(run, event, detail),
    cause: `${run.id}:${outcome.ok ? 'ok' : outcome.reason}`,
  })
  return standing
}

/** Moves the case on, once: a second answer finds it moved. */
export async function applyVerified(
  services: RecoveryServices,
  run: ProofingRun,
): Promise<Advance | undefined> {
  const { outcome } = run
  if (run.case === undefined || outcome?.ok !== true) return undefined
  const { reference, ambiguous, nameOnly } = outcome
  const agents = await agentsFor(services.store, run.account)
  return applyEvent(services, run.case, { type: 'verify', reference, ambiguous, nameOnly, agents })
}

/** Says on the next page of the sign-in that waits how the verification went. */
export async function sayToAttempt(services: RecoveryServices, run: ProofingRun, key: string): Promise<void> {
  if (run.attempt === undefined) return
  await services.store.attempts.update(run.attempt, (current) => {
    if (current === undefined || current.account !== run.account || current.finishedAt !== undefined)
      return [current, undefined]
    return [{ ...current, message: { key }, revision: current.revision + 1 }, undefined]
  })
}
