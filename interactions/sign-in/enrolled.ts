import { bindProven } from '../../account/bind.ts'
import type { Account, Factor, FactorKind } from '../../rules/account.ts'
import { type Attempt, type Method, type PasskeyProof, withProof } from '../../rules/attempt.ts'
import { outlasts } from '../../rules/browsers.ts'
import { wantsPasskey } from '../../rules/demand.ts'
import type { Enrolment } from '../../views/pages.ts'
import { type Action, accountOf, change, type Outcome, say, stay, type Visit } from './step.ts'

/** The end of every enrolment: the factor that was just proven is bound, and counts as proven in this sign-in. */
export async function enrolled(
  visit: Visit,
  factor: Factor,
  method: Method,
  passkey?: PasskeyProof,
): Promise<Outcome> {
  const { services } = visit
  const account = accountOf(visit)
  const now = services.clock()
  const bound = await bindProven(services, visit.attempt, account, factor, now)
  if (bound === undefined) return say('factor_overtaken')
  return change((current) => {
    const proved = withTrustKept(withProof(current, method, now, account, passkey), account, now)
    const { codes = current.codes } = bound
    const actionStatus = current.action === undefined ? undefined : 'success'
    const done = { enrolment: undefined, enrolling: undefined, pairing: undefined, replacing: undefined }
    return { ...proved, codes, actionStatus, ...done }
  }, 'overtaken')
}

/** A change of factors ends the trust of browsers; not the one that was asked for in this sign-in, which makes the change. */
function withTrustKept(attempt: Attempt, before: Account, now: number): Attempt {
  const { trust } = attempt
  return { ...attempt, trust: trust !== undefined && outlasts(trust, before) ? now : undefined }
}

/** POST enrol/skip: puts the second factor off, or turns back to the app. */
export const skipEnrolment: Action = async ({ step }) => {
  if (!('canSkip' in step) || !step.canSkip) return stay
  return change((attempt) => ({
    ...attempt,
    enrolling: undefined,
    replacing: undefined,
    skipped: [...attempt.skipped, 'enrol'],
    actionStatus: attempt.action === undefined ? undefined : 'cancelled',
  }))
}

/** POST enrol/choose: another kind of factor. */
export const chooseKind: Action = async ({ situation }, fields) => {
  const enrolling = situation.kinds.find((kind) => kind === fields.kind)
  if (enrolling === undefined) return say('unknown')
  return change((attempt) => ({ ...attempt, enrolling, enrolment: undefined }))
}

/** What the page of one kind knows of the others. */
export function enrolOptions({ situation, step }: Visit, shown: FactorKind): Enrolment {
  const { attempt } = situation
  return {
    canSkip: 'canSkip' in step && step.canSkip,
    skipTo: attempt.action !== undefined ? 'app' : wantsPasskey(attempt) ? 'unmet' : undefined,
    kinds: situation.kinds.filter((kind) => kind !== shown),
  }
}
