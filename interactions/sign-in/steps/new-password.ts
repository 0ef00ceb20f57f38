import {
  changePassword,
  leastLength,
  newPasswordFault,
  promisePassword,
  sealPassword,
} from '../../../account/password.ts'
import { flatOrigin, hasProof, withProof } from '../../../rules/attempt.ts'
import { withPasswordReset } from '../../../rules/forgotten-password.ts'
import { standingProofs } from '../../../rules/standing.ts'
import { type Action, accountOf, actingIn, change, type SignInStep, say } from '../step.ts'

export const newPassword: SignInStep<'new_password'> = {
  step: 'new_password',
  show: async (visit) => ({
    email: accountOf(visit).email,
    least: leastLength(accountOf(visit)),
    forgotten: visit.attempt.forgotten !== undefined,
  }),
  actions: {
    'new-password': (visit, fields) =>
      visit.attempt.forgotten === undefined ? renew(visit, fields) : replace(visit, fields),
  },
}

const renew: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const id = `password:${attempt.id}:${services.clock()}`
  const outcome = await changePassword(services, actingIn(visit), account, fields.password ?? '', id)
  if (!outcome.ok) return say(`password_${outcome.reason}`)
  const known = { ...account, passwordVersion: outcome.passwordVersion }
  return change(
    (current) => ({
      ...(hasProof(current, 'pwd') ? withProof(current, 'pwd', services.clock(), known) : current),
      message: { key: 'password_changed' },
    }),
    'password_changed',
  )
}

/**
 * In place of a forgotten one. It was typed just now, so it counts as proven. It isn't compared with the old one: whoever
 * reads the mail could try out what that was.
 */
const replace: Action = async (visit, fields) => {
  const { services, attempt, situation } = visit
  const account = accountOf(visit)
  const chosen = fields.password ?? ''
  const fault = newPasswordFault(services.config, account, chosen)
  if (fault !== undefined) return say(`password_${fault}`)
  const at = services.clock()
  const id = `password:${attempt.id}:${at}`
  const since = Math.min(...standingProofs(situation).map((proof) => proof.at))
  const origin = flatOrigin(attempt.origin)
  const sealed = sealPassword(services, id, chosen)
  const wanted = { seen: account, sealed, attempt: attempt.id, since, at, origin }
  const outcome = await promisePassword(services, account.id, id, (current) =>
    withPasswordReset(current, id, wanted),
  )
  if (!outcome.ok) return say(`password_${outcome.reason}`)
  return change(
    (current) => ({
      ...withProof(current, 'pwd', at, { ...account, passwordVersion: outcome.passwordVersion }),
      forgotten: undefined,
      choice: undefined,
      message: { key: 'password_changed' },
    }),
    'password_changed',
  )
}
