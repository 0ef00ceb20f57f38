import type { Membership } from '../../rules/membership.ts'
import type { Organization } from '../../rules/organization.ts'
import type { Collection } from '../store/port.ts'
import type { Store } from '../store/store.ts'
import type { Belonging, People } from './people.ts'

/** A host's organizations, where it has some: who belongs to them comes from the host, the policy is Rekey's. */
export function overOrganizations(store: Store, organizations: People['organizations']): Store {
  if (organizations === undefined) return store
  return {
    ...store,
    memberships: membershipsOf(organizations) as Store['memberships'],
    organizations: organizationsOf(store, organizations),
  }
}

type Organizations = NonNullable<People['organizations']>

function membershipsOf({ of, superAdmins }: Organizations): Collection<Membership, string> {
  const ofPerson = async (account: string) => (await of(account)).map((one) => membership(account, one))
  const admins = async (organization: string) => {
    const found: Membership[] = []
    for await (const account of superAdmins(organization)) {
      const mine = await ofPerson(account)
      found.push(...mine.filter((one) => one.superAdminOf === organization))
    }
    return found
  }
  return {
    get: async (id) => {
      const at = id.indexOf(':')
      return (await ofPerson(id.slice(at + 1))).find((one) => one.organization === id.slice(0, at))
    },
    find: async (index, value, { after, limit } = {}) => {
      const found =
        index === 'account' ? await ofPerson(value) : index === 'effectsDue' ? [] : await admins(value)
      const from = after === undefined ? 0 : found.findIndex(({ id }) => id === after.id) + 1
      return found.slice(from, limit === undefined ? undefined : from + limit)
    },
    count: async () => 0,
    insert: refused,
    update: refused,
    remove: refused,
    removeBy: refused,
    insertAll: refused,
    walk: async () => [],
  }
}

const refused = async (): Promise<never> => {
  throw new Error('people, and who belongs to which organization, are the host’s to change')
}

function membership(account: string, { organization, role, since }: Belonging): Membership {
  const one = { id: `${organization.id}:${account}`, organization: organization.id, account, role, since }
  return role === 'super_admin' ? { ...one, superAdminOf: organization.id, superAdminSince: since } : one
}

/** The host names an organization, Rekey keeps its policy. */
function organizationsOf(
  { organizations }: Store,
  { of, superAdmins }: Organizations,
): Store['organizations'] {
  const named = async (id: string): Promise<string | undefined> => {
    for await (const account of superAdmins(id)) {
      const found = (await of(account)).find(({ organization }) => organization.id === id)
      if (found !== undefined) return found.organization.name
    }
    return undefined
  }
  const merge = (id: string, name: string | undefined, kept: Organization | undefined): Organization => ({
    ...(kept ?? { id, policy: {}, createdAt: 0 }),
    name: name ?? kept?.name ?? id,
  })
  return {
    get: async (id) => merge(id, await named(id), await organizations.get(id)),
    update: async (id, change) => {
      const name = await named(id)
      return organizations.update(id, (kept) => {
        const seen = merge(id, name, kept)
        const [next, outcome] = change(seen)
        return [next === seen ? kept : next, outcome]
      })
    },
    find: (index, value, page) => organizations.find(index, value, page),
    count: (index, value, most) => organizations.count(index, value, most),
    insert: (one) => organizations.insert(one),
    remove: (id) => organizations.remove(id),
    removeBy: (index, value) => organizations.removeBy(index, value),
    insertAll: (all) => organizations.insertAll(all),
    walk: (page) => organizations.walk(page),
  }
}
