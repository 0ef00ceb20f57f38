import { type Effect, withEffects } from './effect.ts'
import type { OwnPerson } from './own-person.ts'
import { statusChanged } from './signals.ts'
import { told } from './told.ts'

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
  const event = ({ active: 'reactivated', deactivated: 'deactivated', removed: 'removed' } as const)[status]
  const signals = active === (account.status === 'active') ? undefined : statusChanged(active, at)
  const happening = { id, event: `account.${event}` as const, detail, signals }
  return withEffects({ ...account, status }, [...ended, ...told({ subject, actor: by }, happening)])
}
