import { agent, operatorMark, type Protection } from './account.ts'
import type { AuditEvent } from './audit/events.ts'
import { type Effect, withEffects } from './effect.ts'
import { told } from './told.ts'

/** What people who work for the operator may be: an agent of the support, or somebody who looks after the installation. */
export type Staff = 'supportAgent' | 'operator'

const words: {
  [S in Staff]: { event: 'support_agent' | 'operator'; mark: object; fields: (keyof Protection)[] }
} = {
  supportAgent: { event: 'support_agent', mark: agent, fields: ['supportAgent', 'desk'] },
  operator: { event: 'operator', mark: operatorMark, fields: ['operator', 'staff'] },
}

/** By whom and why; `id` makes the change's effects recognizable. */
export interface StaffBy {
  id: string
  by: string
  reason: string
  /** When, where the person is to be told. */
  at?: number
}

/** Makes someone a member of the staff, or takes it from them. Both are told to the person and to the log. */
export function withStaff(current: Protection, what: Staff, on: boolean, about: StaffBy): Protection {
  if ((current[what] === true) === on) return current
  const { event, mark, fields } = words[what]
  const rest = Object.fromEntries(
    Object.entries(current).filter(([name]) => !fields.includes(name as keyof Protection)),
  ) as unknown as Protection
  return withEffects(
    on ? { ...rest, ...mark } : rest,
    staffTold(current.id, `${event}.${on ? 'added' : 'removed'}`, about),
  )
}

function staffTold(subject: string, event: AuditEvent, { id, by, reason, at }: StaffBy): Effect[] {
  const notice = at === undefined ? undefined : 'role_changed'
  const detail = { reason: reason === '' ? undefined : reason }
  const data = { reason, role: event.replace('.', '_') }
  return told({ subject, actor: by, at }, { id, event, detail, notice, data })
}
