import { randomUUID } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'
import type { ChangeRefusal } from '../rules/member-change.ts'
import { possibleFor } from '../rules/member-change.ts'
import { changeAccount, changeMember, type StatusChangeName } from './members.ts'
import type { ActsBy } from './people.ts'
import { onlySuperAdminOf, type Standing, standingOf } from './standing.ts'
import { inTurn } from './turn.ts'

export type StatusRefusal = ChangeRefusal | 'unknown' | 'busy'

/** Changes whether somebody may sign in: for an organization as far as it may, for the operator whoever it is. */
export async function setStatus(
  services: AccountServices,
  wanted: StatusChangeName,
  account: string,
  { by, reason, organization }: ActsBy,
): Promise<StatusRefusal | undefined> {
  if (organization !== undefined) return changeMember(services, wanted, { organization, account, by, reason })
  const standing = await standingOf(services, account)
  if (standing === undefined) return 'unknown'
  const organizations = standing.memberships.map((one) => one.organization)
  return inTurn(services, organizations, async () => {
    const refusal = await refusalFor(services, wanted, standing)
    const about = { id: `member:${randomUUID()}`, by, reason, organization: '', at: services.clock() }
    return refusal ?? changeAccount(services, wanted, account, about)
  })
}

async function refusalFor(
  services: AccountServices,
  wanted: StatusChangeName,
  { account, memberships }: Standing,
): Promise<ChangeRefusal | undefined> {
  const current = await services.accounts.get(account.id)
  if (current === undefined || !possibleFor(wanted, current.status)) return 'not_possible'
  const takes = wanted === 'deactivate' || wanted === 'remove'
  const only = takes ? await onlySuperAdminOf(services, account.id, memberships) : []
  return only.length > 0 ? 'last_super_admin' : undefined
}
