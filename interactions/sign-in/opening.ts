import { joinCase, type Opening, openRecoveryCase } from '../../recovery/opening.ts'
import { attemptLifetime, hasProof, type PageMessage } from '../../rules/attempt.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { standingProofs } from '../../rules/standing.ts'
import { nameRequester } from './own-request.ts'
import { accountOf, change, minutesUntil, type Outcome, say, stay, type Visit } from './step.ts'

/** Opens a case for this sign-in. What was proven in it has to count still. */
export function askFor(visit: Visit, insteadOf?: string): Promise<Opening> {
  const { attempt, services, situation } = visit
  const mailbox = hasProof({ ...attempt, proofs: standingProofs(situation) }, 'mail_code')
  const { origin, ask } = attempt
  return openRecoveryCase(services, accountOf(visit), {
    attempt: attempt.id,
    origin,
    app: ask.app,
    mailbox,
    browser: nameRequester(visit),
    insteadOf,
  })
}

/** The sign-in waits for the case, as long as it is open. */
export function waitFor({ id, expiresOn }: RecoveryCase): Outcome {
  const expiresAt = expiresOn + attemptLifetime
  return change((attempt) => ({ ...attempt, case: id, choice: 'recovery', expiresAt }), 'overtaken')
}

/** Waits for a case that another sign-in has opened: the person says that this one is theirs too. */
export async function join(visit: Visit, id: string): Promise<Outcome> {
  const { attempt, services } = visit
  const joined = await joinCase(services, id, { attempt: attempt.id, origin: attempt.origin })
  return joined === undefined ? say('not_possible') : waitFor(joined)
}

/** Why no case was opened. Whoever knows no more than the password can prove the mailbox, and needn't wait. */
export function refused(visit: Visit, opening: Opening & { ok: false }): Outcome {
  // The hub asks whose it is.
  if (opening.reason === 'open') return stay
  const message = whyNot(opening.from, opening.reason, visit.services.clock())
  const proven = visit.attempt.mailboxFirst === true
  if (proven || accountOf(visit).status !== 'active') return say(message.key, message.values)
  return change((attempt) => ({ ...attempt, mailboxFirst: true, message }))
}

const whyNot = (from: number, reason: 'too_soon' | 'too_often', now: number): PageMessage => ({
  key: `case_${reason}`,
  values: { count: minutesUntil(from, now) },
})
