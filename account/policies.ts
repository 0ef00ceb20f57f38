import type { Account } from '../rules/account.ts'
import { type MemberPolicy, trustDaysOf } from '../rules/browsers.ts'
import { allowedKinds } from '../rules/enrolment.ts'
import type { FactorKind } from '../rules/factor.ts'
import type { AccountServices } from './services.ts'

/** The organizations of a person: as what they belong there, and what is asked of members. */
async function belongingsOf(
  { store }: Pick<AccountServices, 'store'>,
  account: Pick<Account, 'id'>,
): Promise<(MemberPolicy & { organization: string })[]> {
  const memberships = await store.memberships.find('account', account.id)
  const organizations = await Promise.all(memberships.map((one) => store.organizations.get(one.organization)))
  return memberships.flatMap(({ role, organization }, index) => {
    const policy = organizations[index]?.policy
    return policy === undefined ? [] : [{ role, policy, organization }]
  })
}

/**
 * Whether a person must have a second factor, the kinds of factors that they may set up, for how many days they may
 * have a browser trusted, and the organizations that this is from.
 */
export async function factorTerms(
  services: Pick<AccountServices, 'store' | 'kinds'>,
  account: Pick<Account, 'id' | 'supportAgent' | 'operator'>,
): Promise<{ required: boolean; kinds: FactorKind[]; trustDays: number; organizations: string[] }> {
  const belongings = await belongingsOf(services, account)
  const policies = belongings.map(({ policy }) => policy)
  const required = policies.some(({ requireSecondFactor }) => requireSecondFactor === true)
  const trustDays = trustDaysOf(account, belongings)
  const organizations = belongings.map(({ organization }) => organization)
  return { required, kinds: allowedKinds(services.kinds, policies), trustDays, organizations }
}
