import type { Account, FactorKind, OrganizationPolicy } from '../rules/account.ts'
import type { Belonging } from '../rules/devices.ts'
import { allowedKinds } from '../rules/enrolment.ts'
import type { Services } from '../services.ts'

/** The organizations of a person: as what they belong there, and what is asked of members. */
export async function belongingsOf(
  { store }: Pick<Services, 'store'>,
  account: Pick<Account, 'id'>,
): Promise<Belonging[]> {
  const memberships = await store.memberships.find('account', account.id)
  const organizations = await Promise.all(memberships.map((one) => store.organizations.get(one.organization)))
  return memberships.flatMap(({ role }, index) => {
    const policy = organizations[index]?.policy
    return policy === undefined ? [] : [{ role, policy }]
  })
}

/** What the organizations of a person ask of their members. */
export async function policiesOf(
  services: Pick<Services, 'store'>,
  account: Pick<Account, 'id'>,
): Promise<OrganizationPolicy[]> {
  return (await belongingsOf(services, account)).map(({ policy }) => policy)
}

/** Whether a person must have a second factor, and the kinds of factors that they may set up. */
export async function factorTerms(
  services: Pick<Services, 'store' | 'kinds'>,
  account: Pick<Account, 'id'>,
): Promise<{ required: boolean; kinds: FactorKind[] }> {
  const policies = await policiesOf(services, account)
  const required = policies.some(({ requireSecondFactor }) => requireSecondFactor === true)
  return { required, kinds: allowedKinds(services.kinds, policies) }
}
