import { flatOrigin } from '../../http/request.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import { removeFactor } from '../../rules/enrolment.ts'
import { factorRemoved } from '../../rules/signals.ts'
import { type Action, accountOf, changeAttempt, type Room, say, type Visit } from '../room.ts'

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
  const { services } = visit
  const account = accountOf(visit)
  const now = services.clock()
  const required = visit.situation.secondFactorRequired
  const removed = await services.store.accounts.update(account.id, (current) => {
    const next = current && removeFactor(current, fields.factor ?? '', required, now)
    if (current === undefined || next === undefined) return [current, false]
    const id = `${fields.factor}:removed:signal`
    const events = factorRemoved(current, next, now)
    const told: Effect = { kind: 'signal', id, account: account.id, txn: id, events }
    return [withEffects(next, [...removedEffects(visit, fields.factor!, now), told]), true]
  })
  if (!removed) return say(visit, 'factor_not_removed')
  await changeAttempt(visit, ({ message: _, ...attempt }) => ({ ...attempt, factorsChanged: true }))
  await services.effects.settle('accounts', account.id)
}

function removedEffects({ attempt }: Visit, factor: string, now: number): Effect[] {
  const subject = attempt.account!
  const origin = flatOrigin(attempt.origin)
  const id = `${factor}:removed`
  return [
    {
      kind: 'audit',
      id: `${id}:audit`,
      event: 'factor.removed',
      actor: subject,
      subject,
      detail: { factor: 'totp', address: origin.address },
    },
    {
      kind: 'notice',
      id: `${id}:notice`,
      name: 'factor_removed',
      to: subject,
      data: { at: now, factor: 'totp', app: attempt.ask.app, ...origin },
    },
  ]
}
