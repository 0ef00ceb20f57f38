import { changePassword } from '../../../account/password.ts'
import { flatOrigin, hasProof, withProof } from '../../../rules/attempt.ts'
import { withPasswordReset } from '../../../rules/forgotten-password.ts'
import { passwordFault } from '../../../rules/password.ts'
import { standingProofs } from '../../../rules/standing.ts'
import { type Action, accountOf, actingIn, changeAttempt, type Room, say } from '../room.ts'

export const newPassword: Room<'new_password'> = {
  step: 'new_password',
  show: async (visit) => ({
    email: accountOf(visit).email,
    forgotten: visit.attempt.forgotten !== undefined,
  }),
  actions: {
    'new-password': (visit, fields) =>
      visit.attempt.forgotten === undefined ? change(visit, fields) : replace(visit, fields),
  },
}

const change: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const id = `password:${attempt.id}:${services.clock()}`
  const outcome = await changePassword(services, actingIn(visit), account, fields.password ?? '', id)
  if (!outcome.ok) return say(visit, `password_${outcome.reason}`)
  const known = { ...account, passwordHash: outcome.passwordHash }
  await changeAttempt(visit, (current) => ({
    ...(hasProof(current, 'pwd') ? withProof(current, 'pwd', services.clock(), known) : current),
    message: { key: 'password_changed' },
  }))
}

/**
 * In place of a forgotten one. It was typed just now, so it counts as proven. It isn't compared with the old one: whoever
 * reads the mail could try out what that was.
 */
const replace: Action = async (visit, fields) => {
  const { services, attempt, situation } = visit
  const account = accountOf(visit)
  const chosen = fields.password ?? ''
  const { email, name, passwordHash: instead } = account
  const fault = passwordFault(chosen, { email, name, brand: services.config.brand.name })
  if (fault !== undefined) return say(visit, `password_${fault}`)
  const hash = await services.passwords.hash(chosen)
  const at = services.clock()
  const since = Math.min(...standingProofs(situation).map((proof) => proof.at))
  const origin = flatOrigin(attempt.origin)
  const done = await services.store.accounts.update(account.id, (current) => {
    const next =
      current && withPasswordReset(current, { hash, instead, attempt: attempt.id, since, at, origin })
    return next === undefined ? [current, false] : [next, true]
  })
  if (!done) return say(visit, 'password_overtaken')
  await services.effects.settle('accounts', account.id)
  await changeAttempt(visit, ({ forgotten: _, choice: _choice, ...current }) => ({
    ...withProof(current, 'pwd', at, { ...account, passwordHash: hash }),
    message: { key: 'password_changed' },
  }))
}
