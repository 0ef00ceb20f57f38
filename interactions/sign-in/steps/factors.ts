import { makeOwnPrimary, renameOwn } from '../../../account/change.ts'
import { removeOwn } from '../../../account/remove.ts'
import { shownFactor } from '../../../account/shown.ts'
import type { MessageKey } from '../../../rules/messages.ts'
import { type Action, accountOf, actingIn, change, type Outcome, type SignInStep, say } from '../step.ts'

/** The person's sign-in methods, for an app that sent them to look after them. */
export const factors: SignInStep<'factors'> = {
  step: 'factors',
  show: async (visit) => ({
    email: accountOf(visit).email,
    factors: accountOf(visit).factors.map((factor) => shownFactor(accountOf(visit), factor)),
    canRemoveLast: !visit.situation.secondFactorRequired,
  }),
  actions: {
    'factors/remove': (visit, fields) => remove(visit, fields),
    'factors/rename': (visit, fields) => rename(visit, fields),
    'factors/primary': (visit, fields) => prefer(visit, fields),
    'factors/done': async () =>
      change((attempt) => ({ ...attempt, actionStatus: attempt.factorsChanged ? 'success' : 'cancelled' })),
  },
}

const remove: Action = async (visit, fields) => {
  const wanted = { factor: fields.factor ?? '', required: visit.situation.secondFactorRequired }
  if (!(await removeOwn(visit.services, actingIn(visit), wanted))) return say('factor_not_removed')
  return changed('factor_removed')
}

const rename: Action = async (visit, { factor = '', name = '' }) => {
  if (!(await renameOwn(visit.services, actingIn(visit), { factor, name }))) return say('factor_name')
  return changed('factor_renamed')
}

const prefer: Action = async (visit, { factor = '' }) => {
  if (!(await makeOwnPrimary(visit.services, actingIn(visit), factor))) return say('not_possible')
  return changed('primary_changed')
}

const changed = (key: MessageKey): Outcome =>
  change((attempt) => ({ ...attempt, message: { key }, factorsChanged: true }), key)
