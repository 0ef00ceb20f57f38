import { isSuperAdmin } from '../rules/membership.ts'
import type { Approval, CaseEvent, RecoveryCase } from '../rules/recovery-case.ts'
import type { RecoveryServices } from './services.ts'

/** An event with who of those that have approved still may: asked at the moment when the approvals count. */
export async function withAllowed(
  services: Pick<RecoveryServices, 'store' | 'accounts'>,
  id: string,
  event: CaseEvent,
): Promise<CaseEvent> {
  if (event.type !== 'approve' && event.type !== 'wake') return event
  const one = await services.store.cases.get(id)
  if (one === undefined || one.approvals.length === 0) return event
  const allowed = await Promise.all(one.approvals.map((approval) => mayStill(services, one, approval)))
  return { ...event, allowed: one.approvals.filter((_, place) => allowed[place]).map(({ by }) => by) }
}

/** Still active and super admin; and nothing has made what they had proven by then void, as "this wasn't me" does. */
async function mayStill(
  { store, accounts }: Pick<RecoveryServices, 'store' | 'accounts'>,
  { organization }: RecoveryCase,
  { by, at }: Approval,
): Promise<boolean> {
  const [account, membership] = await Promise.all([
    accounts.get(by),
    store.memberships.get(`${organization}:${by}`),
  ])
  if (account === undefined || !isSuperAdmin(membership)) return false
  return account.status === 'active' && account.passwordExpired === undefined && account.validAfter <= at
}
