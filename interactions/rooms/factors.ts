import { removeOwn } from '../../factors/remove.ts'
import { type Action, accountOf, changeAttempt, type Room, say } from '../room.ts'

/** The person's sign-in methods, for an app that sent them to look after them. */
export const factors: Room<'factors'> = {
  step: 'factors',
  show: async (visit) => ({
    email: accountOf(visit).email,
    factors: accountOf(visit).factors.map(({ id, name, kind, createdAt, lastUsedAt }) => ({
      id,
      kind,
      name,
      createdAt,
      ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    })),
    canRemoveLast: !visit.situation.secondFactorRequired,
  }),
  actions: {
    'factors/remove': (visit, fields) => remove(visit, fields),
    'factors/done': (visit) =>
      changeAttempt(visit, (attempt) => ({
        ...attempt,
        actionStatus: attempt.factorsChanged ? 'success' : 'cancelled',
      })),
  },
}

const remove: Action = async (visit, fields) => {
  const removal = {
    account: accountOf(visit).id,
    factor: fields.factor ?? '',
    required: visit.situation.secondFactorRequired,
    origin: visit.attempt.origin,
    app: visit.attempt.ask.app,
  }
  if (!(await removeOwn(visit.services, removal))) return say(visit, 'factor_not_removed')
  await changeAttempt(visit, ({ message: _, ...attempt }) => ({ ...attempt, factorsChanged: true }))
}
