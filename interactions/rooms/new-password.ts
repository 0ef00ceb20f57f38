import { changePassword } from '../../factors/password.ts'
import { type Action, accountOf, changeAttempt, type Room, say } from '../room.ts'

export const newPassword: Room<'new_password'> = {
  step: 'new_password',
  show: async (visit) => ({ email: accountOf(visit).email }),
  actions: { 'new-password': (visit, fields) => change(visit, fields) },
}

const change: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const by = { account: account.id, origin: attempt.origin, app: attempt.ask.app }
  const id = `password:${attempt.id}:${services.clock()}`
  const outcome = await changePassword(services, by, account, fields.password ?? '', id)
  if (outcome !== 'changed' && outcome !== 'overtaken') return say(visit, `password_${outcome}`)
  await changeAttempt(visit, (current) => ({ ...current, message: { key: 'password_changed' } }))
}
