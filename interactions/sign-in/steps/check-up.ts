import { removeOwn } from '../../../account/remove.ts'
import { shownFactor } from '../../../account/shown.ts'
import type { Protection } from '../../../rules/account.ts'
import { countCodesLeft } from '../../../rules/backup-codes.ts'
import { checkedUp, confirmFactor, staleFactors } from '../../../rules/check-up.ts'
import type { FactorKind } from '../../../rules/factor.ts'
import { showNewCodes } from '../new-codes.ts'
import {
  type Action,
  accountOf,
  actingIn,
  change,
  type Outcome,
  type SignInStep,
  say,
  stay,
  type Visit,
} from '../step.ts'

/** One page at the end of a sign-in, now and then, that leads to what puts things right. Any answer will do. */
export const checkUp: SignInStep<'check_up'> = {
  step: 'check_up',
  show: async (visit) => {
    const { step, situation } = visit
    const account = accountOf(visit)
    return {
      email: account.email,
      reasons: step.step === 'check_up' ? step.reasons : [],
      factors: account.factors.map((factor) => shownFactor(account, factor)),
      stale: staleFactors(account, situation.now).map(({ id }) => id),
      codesLeft: countCodesLeft(account),
      addresses: account.addresses.map(({ address }) => address),
      kinds: newFirst(situation.kinds, account),
    }
  },
  actions: {
    'check-up/done': (visit) => answer(visit, checkedUp),
    'check-up/enrol': (visit, fields) => enrol(visit, fields),
    'check-up/codes': async (visit) => {
      await answer(visit, checkedUp)
      return showNewCodes(visit)
    },
    'check-up/keep': (visit, { factor = '' }) =>
      answer(visit, (account, now) => checkedUp(confirmFactor(account, factor, now), now)),
    'check-up/remove': (visit, fields) => remove(visit, fields),
  },
}

/** What the person doesn't have yet comes first: two of a kind are often lost together. */
function newFirst(kinds: FactorKind[], { factors }: Protection): FactorKind[] {
  const has = (kind: FactorKind) => factors.some((factor) => factor.kind === kind)
  return [...kinds.filter((kind) => !has(kind)), ...kinds.filter(has)]
}

/** It is the account that remembers, so that no other sign-in asks the same. */
async function answer(
  visit: Visit,
  answered: (account: Protection, now: number) => Protection,
): Promise<Outcome> {
  const now = visit.services.clock()
  await visit.services.change('protections', accountOf(visit).id, (current) => [
    current && answered(current, now),
    undefined,
  ])
  return stay
}

const enrol: Action = async (visit, fields) => {
  const enrolling = visit.situation.kinds.find((kind) => kind === fields.kind)
  if (enrolling === undefined) return say('unknown')
  await answer(visit, checkedUp)
  return change((attempt) => ({ ...attempt, enrolling }))
}

const remove: Action = async (visit, { factor = '' }) => {
  const { services, situation } = visit
  const stale = staleFactors(accountOf(visit), situation.now).some(({ id }) => id === factor)
  const wanted = { factor, required: situation.secondFactorRequired }
  // Only what the page asks about: the methods in use are looked after elsewhere.
  if (!stale || !(await removeOwn(services, actingIn(visit), wanted))) return say('factor_not_removed')
  return answer(visit, checkedUp)
}
