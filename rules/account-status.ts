import { type Effect, withEffects } from './effect.ts'
import type { OwnPerson } from './own-person.ts'
import { statusChanged } from './signals.ts'

/** Who changed an account's status, when, and an id that is the same when it is tried again. */
export interface StatusChange {
  id: string
  at: number
  by?: string
  /** For the log: why, and for which organization. */
  detail?: { [name: string]: string }
}

/**
 * The account with another status, and what that promises, for whoever deactivates, removes or reactivates people.
 * Ends everything the account is signed in to, and tells the relying apps.
 */
export function personWithStatus(
  account: OwnPerson,
  status: OwnPerson['status'],
  { id, at, by, detail = {} }: StatusChange,
): OwnPerson {
  const active = status === 'active'
  if (account.status === status || account.forgotten === true) return account
  const { id: subject } = account
  const ended: Effect[] = active
    ? []
    : [
        { kind: 'void_before', id: `${id}:void`, account: subject, at },
        { kind: 'end_attempts', id: `${id}:attempts`, account: subject },
        { kind: 'end_sessions', id: `${id}:sessions`, account: subject },
      ]
  const told: Effect[] =
    active === (account.status === 'active')
      ? []
      : [{ kind: 'signal', id: `${id}:signal`, account: subject, txn: id, events: statusChanged(active, at) }]
  const event = ({ active: 'reactivated', deactivated: 'deactivated', removed: 'removed' } as const)[status]
  const audit: Effect = {
    kind: 'audit',
    id: `${id}:audit`,
    event: `account.${event}`,
    actor: by,
    subject,
    detail,
  }
  return withEffects({ ...account, status }, [audit, ...ended, ...told])
}
