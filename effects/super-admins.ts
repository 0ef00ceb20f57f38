import { isLeaving } from '../rules/member-change.ts'
import { isSuperAdmin, type Membership } from '../rules/membership.ts'
import type { WriteServices } from './services.ts'

/** The super admins of an organization who can act, in the order in which they became it. */
export async function* activeSuperAdmins(
  {
    store,
    accounts,
  }: { store: Pick<WriteServices['store'], 'memberships'> } & Pick<WriteServices, 'accounts'>,
  organization: string,
): AsyncGenerator<Membership> {
  const { memberships } = store
  const more = (after?: Membership) => memberships.find('superAdmins', organization, { limit: 50, after })
  for (let page = await more(); page.length > 0; page = await more(page.at(-1)!)) {
    const found = await Promise.all(page.map((membership) => accounts.get(membership.account)))
    yield* page.filter((_, index) => {
      const account = found[index]
      return account?.status === 'active' && isSuperAdmin(page[index]) && !isLeaving(account, organization)
    })
  }
}
