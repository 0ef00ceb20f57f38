import { flatOrigin } from '../../http/request.ts'
import { withEffects } from '../../rules/effect.ts'
import { passwordFault } from '../../rules/password.ts'
import { passwordChanged } from '../../rules/signals.ts'
import { type Action, accountOf, changeAttempt, type Room, say } from '../room.ts'

export const newPassword: Room<'new_password'> = {
  step: 'new_password',
  show: async (visit) => ({ email: accountOf(visit).email }),
  actions: { 'new-password': (visit, fields) => change(visit, fields) },
}

const change: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const chosen = fields.password ?? ''
  const fault = passwordFault(chosen, {
    email: account.email,
    name: account.name,
    brand: services.config.brand,
  })
  if (fault !== undefined) return say(visit, `password_${fault}`)
  if (await services.passwords.verify(account.passwordHash, chosen)) return say(visit, 'password_same')
  const passwordHash = await services.passwords.hash(chosen)
  const now = services.clock()
  await services.store.accounts.update(account.id, (current) => {
    // Someone else at the same page was first: their password stands, and the next step says so.
    if (current?.passwordExpired === undefined) return [current, undefined]
    const { passwordExpired: _, ...rest } = current
    const id = `password:${attempt.id}:${now}`
    const data = { at: now, ...flatOrigin(attempt.origin) }
    const promised = withEffects({ ...rest, passwordHash }, [
      {
        kind: 'audit',
        id: `${id}:audit`,
        event: 'password.changed',
        actor: account.id,
        subject: account.id,
        detail: { address: data.address },
      },
      { kind: 'notice', id: `${id}:notice`, name: 'password_changed', to: account.id, data },
      { kind: 'signal', id: `${id}:signal`, account: account.id, txn: id, events: passwordChanged(now) },
    ])
    return [promised, undefined]
  })
  await services.effects.settle('accounts', account.id)
  await changeAttempt(visit, (current) => ({ ...current, message: { key: 'password_changed' } }))
}
