import { bindProven } from '../../account/bind.ts'
import { wantsPasskey } from '../../rules/demand.ts'
import type { Factor, FactorKind } from '../../rules/factor.ts'
import type { Method, PasskeyProof } from '../../rules/proof.ts'
import type { Enrolment } from '../../views/locals/parts.ts'
import { isDone } from './spent.ts'
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
  const bound = await bindProven(services, visit.attempt, account, { factor, method, passkey }, now)
  if (!bound) return say('factor_overtaken')
  return isDone(visit, ({ revision }) => revision === visit.attempt.revision + 1, 'overtaken')
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
