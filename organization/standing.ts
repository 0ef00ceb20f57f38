import type { AccountServices } from '../account/services.ts'
import { findAll } from '../adapters/store/find-all.ts'
import { activeSuperAdmins } from '../effects/super-admins.ts'
import type { Account } from '../rules/account.ts'
import { belongsTo, type ChangeFacts } from '../rules/member-change.ts'
import { isSuperAdmin, type Membership } from '../rules/membership.ts'

type Services = Pick<AccountServices, 'store' | 'accounts'>

/** Where somebody belongs, and whose their account is. */
export interface Standing {
  account: Account
  memberships: Membership[]
  claimedBy: string | undefined
}

export async function standingOf(services: Services, id: string): Promise<Standing | undefined> {
  const [account, memberships] = await Promise.all([
    services.accounts.get(id),
    findAll(services.store.memberships, 'account', id),
  ])
  if (account === undefined) return undefined
  return { account, memberships, claimedBy: await claimedBy(services, account.email) }
}

/** The organization that has the domain of an address. */
export async function claimedBy(
  { store }: Pick<Services, 'store'>,
  address: string,
): Promise<string | undefined> {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  const [found] = await store.organizations.find('domain', domain, { limit: 1 })
  return found?.id
}

/** Whether whoever acts may change the account itself: the operator, or the organization that it belongs to. */
export const mayChangeAccount = (standing: Standing, organization: string | undefined): boolean =>
  organization === undefined || belongsTo(organization, standing)

/** What a change of a member is judged by. */
export async function changeFacts(
  services: Services,
  organization: string,
  standing: Standing,
): Promise<ChangeFacts> {
  const { account, memberships, claimedBy } = standing
  return {
    organization,
    account,
    memberships,
    claimedBy,
    onlySuperAdminOf: await onlySuperAdminOf(services, account.id, memberships),
  }
}

/** Organizations in which nobody else could decide. */
export async function onlySuperAdminOf(
  services: Services,
  account: string,
  memberships: readonly Membership[],
): Promise<string[]> {
  const only: string[] = []
  for (const membership of memberships.filter(isSuperAdmin))
    if ((await superAdminsBeside(services, membership.organization, account, 1)) === 0)
      only.push(membership.organization)
  return only
}

/** How many others can decide for an organization, as far as `most`. */
export async function superAdminsBeside(
  services: Services,
  organization: string,
  account: string,
  most: number,
): Promise<number> {
  let found = 0
  for await (const membership of activeSuperAdmins(services, organization)) {
    if (membership.account !== account) found += 1
    if (found >= most) break
  }
  return found
}
