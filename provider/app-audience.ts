import type { Client } from 'oidc-provider'
import type { Store } from '../adapters/store/store.ts'

/** Whether somebody may use an app: everybody, where the operator names nobody. */
export type MayUse = (client: Client | undefined, account: string) => boolean | Promise<boolean>

/** Members of these organizations, and these people beside them. */
export function createMayUse({ memberships }: Pick<Store, 'memberships'>): MayUse {
  return (client, account) => {
    const organizations = listOf(client?.allowed_organizations)
    const people = listOf(client?.allowed_people)
    if (organizations.length === 0 && people.length === 0) return true
    if (people.includes(account)) return true
    return belongsTo(memberships, organizations, account)
  }
}

async function belongsTo(
  memberships: Store['memberships'],
  organizations: string[],
  account: string,
): Promise<boolean> {
  const belongs = await memberships.find('account', account)
  return belongs.some(
    ({ organization, suspended }) => suspended === undefined && organizations.includes(organization),
  )
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
