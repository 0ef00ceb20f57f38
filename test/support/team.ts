import type { OrganizationPolicy } from '../../rules/organization.ts'
import type { Person, PersonOptions, Rekey } from './rekey.ts'

export interface Team {
  organization: string
  person: Person
  admins: Person[]
  /** The first of them. */
  admin: Person
}

export interface TeamOptions {
  policy?: OrganizationPolicy
  admins?: number
  /** The member's own. */
  person?: PersonOptions
}

/** An organization with a member and some super admins. */
export async function team(
  rekey: Rekey,
  { policy, admins = 1, person: own }: TeamOptions = {},
): Promise<Team> {
  const organization = await rekey.organization('Hanami', policy)
  const person = await rekey.person({ memberships: [{ organization }], ...own })
  const found: Person[] = []
  while (found.length < admins)
    found.push(await rekey.person({ memberships: [{ organization, role: 'super_admin' }] }))
  return { organization, person, admins: found, admin: found[0]! }
}
