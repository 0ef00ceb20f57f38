import type { RecoveryServices } from './services.ts'

/** More than these would be a list of the staff. */
const mostNames = 5

/** Who is asked, by name: the first few, where the organization's policy lets people know. */
export async function namesOfAsked(
  { store, accounts }: Pick<RecoveryServices, 'store' | 'accounts'>,
  organization: string | undefined,
  approvers: readonly string[],
): Promise<string[]> {
  const found = organization === undefined ? undefined : await store.organizations.get(organization)
  if (found === undefined || found.policy.nameSuperAdmins === false) return []
  const asked = await Promise.all(approvers.slice(0, mostNames).map((id) => accounts.get(id)))
  return asked.flatMap((account) => (account === undefined ? [] : [account.name]))
}
