import { bindProven } from '../../account/bind.ts'
import type { Account, Factor, FactorKind } from '../../rules/account.ts'
import { type Attempt, type Method, type PasskeyProof, withProof } from '../../rules/attempt.ts'
import { wantsPasskey } from '../../rules/demand.ts'
import { outlasts } from '../../rules/devices.ts'
import type { Enrolment } from '../../views/pages.ts'
import { type Action, accountOf, changeAttempt, say, type Visit } from './room.ts'

/**
 * The end of every enrolment: the factor that was just proven is bound, and counts as proven in this sign-in. Where
 * another browser was first, nothing happens and the hub shows where things are.
 */
export async function enrolled(
  visit: Visit,
  factor: Factor,
  method: Method,
  passkey?: PasskeyProof,
): Promise<void> {
  const { services } = visit
  const account = accountOf(visit)
  const now = services.clock()
  const bound = await bindProven(services, visit.attempt, account, factor, now)
  if (bound === undefined) return
  await changeAttempt(visit, ({ enrolment: _, enrolling: _kind, pairing: _pairing, ...current }) => ({
    ...withTrustKept(withProof(current, method, now, account, passkey), account, now),
    ...(bound.codes === undefined ? {} : { codes: bound.codes }),
    ...(current.action === undefined ? {} : { actionStatus: 'success' as const }),
  }))
  await services.effects.settle('accounts', account.id)
}

/** A change of factors ends the trust of devices; not the one that was asked for in this sign-in, which makes the change. */
function withTrustKept(attempt: Attempt, before: Account, now: number): Attempt {
  const { trust, ...rest } = attempt
  return trust !== undefined && outlasts(trust, before) ? { ...rest, trust: now } : rest
}

/** POST enrol/skip: puts the second factor off, or turns back to the app. */
export const skipEnrolment: Action = async (visit) => {
  if (!('canSkip' in visit.step) || !visit.step.canSkip) return
  await changeAttempt(visit, ({ message: _, enrolling: _kind, ...attempt }) => ({
    ...attempt,
    skipped: [...attempt.skipped, 'enrol'],
    ...(attempt.action === undefined ? {} : { actionStatus: 'cancelled' as const }),
  }))
}

/** POST enrol/choose: another kind of factor. */
export const chooseKind: Action = async (visit, fields) => {
  const enrolling = visit.situation.kinds.find((kind) => kind === fields.kind)
  if (enrolling === undefined) return say(visit, 'unknown')
  await changeAttempt(visit, ({ message: _, enrolment: _secret, ...attempt }) => ({ ...attempt, enrolling }))
}

/** What the page of one kind knows of the others. */
export function enrolOptions({ situation, step }: Visit, shown: FactorKind): Enrolment {
  const { attempt } = situation
  const skipTo = attempt.action !== undefined ? 'app' : wantsPasskey(attempt) ? 'unmet' : undefined
  return {
    canSkip: 'canSkip' in step && step.canSkip,
    ...(skipTo === undefined ? {} : { skipTo }),
    kinds: situation.kinds.filter((kind) => kind !== shown),
  }
}
