import { randomUUID } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'
import type { Done } from '../account/use-cases.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Protection } from '../rules/account.ts'
import { type ChangeBy, departed } from '../rules/member-change.ts'
import { type Membership, membershipOf } from '../rules/membership.ts'
import { type Organization, type OrganizationPolicy, organizationFault } from '../rules/organization.ts'
import { createMembers, type Members } from './members-use-cases.ts'
import { policyPartSchema } from './policy-schema.ts'
import { onlySuperAdminOf } from './standing.ts'
import { inTurn } from './turn.ts'

/** Organizations and who belongs to them, without a page: Rekey's own, or the policies of the host's. */
export interface Organizations extends Members {
  /** By its id. */
  get(id: string): Promise<Pick<Organization, 'id' | 'name' | 'policy'> | undefined>
  /** A new one. Refused where the host says who there is (`organizations` of the options). */
  add(one: {
    id: string
    name: string
    policy?: OrganizationPolicy
  }): Promise<Done<'taken' | 'host' | 'policy' | 'id' | 'name'>>
  /** The whole policy: what is left out is as if never said. Where the host says who there is, any id is taken. */
  setPolicy(id: string, policy: OrganizationPolicy): Promise<Done<'unknown' | 'policy'>>
  /** Where somebody belongs. `since` in milliseconds since 1970. */
  of(person: string): Promise<Pick<Membership, 'organization' | 'role' | 'since'>[]>
  /** Somebody becomes a member, or a super admin. */
  join(
    organization: string,
    person: string,
    role?: Membership['role'],
  ): Promise<Done<'unknown' | 'taken' | 'host'>>
  /** Somebody is a member no more. `by` says who did it and why. */
  leave(
    organization: string,
    person: string,
    by: { by: string; reason: string },
  ): Promise<Done<'unknown' | 'last_super_admin' | 'host' | 'busy'>>
}

/** @param foreign whether the host says who belongs where. */
export function createOrganizations(services: AccountServices, foreign: boolean): Organizations {
  const { store, change, create, clock } = services
  const host = { ok: false, reason: 'host' } as const
  return {
    ...createMembers(services),
    get: async (id) => {
      const found = await store.organizations.get(id)
      return found && { id: found.id, name: found.name, policy: found.policy }
    },
    add: async ({ id, name, policy = {} }) => {
      if (foreign) return host
      const reason = organizationFault({ id, name }) ?? (isPossible(policy) ? undefined : 'policy')
      if (reason !== undefined) return { ok: false, reason }
      return once(() => create('organizations', { id, name, policy, createdAt: clock() }))
    },
    setPolicy: async (id, policy) => {
      if (!isPossible(policy)) return { ok: false, reason: 'policy' }
      if (!isKept(id)) return { ok: false, reason: 'unknown' }
      return change('organizations', id, (current): [Organization | undefined, Done<'unknown'>] =>
        current === undefined
          ? [current, { ok: false, reason: 'unknown' }]
          : [{ ...current, policy }, { ok: true }],
      )
    },
    of: async (person) =>
      (await store.memberships.find('account', person)).map(({ organization, role, since }) => ({
        organization,
        role,
        since,
      })),
    join: async (organization, person, role = 'member') => {
      if (role !== 'member' && role !== 'super_admin')
        throw new TypeError("join: the role is 'member' or 'super_admin'")
      if (foreign) return host
      const [there, account] = await Promise.all([
        store.organizations.get(organization),
        services.accounts.get(person),
      ])
      if (there === undefined || account === undefined) return { ok: false, reason: 'unknown' }
      return once(() => create('memberships', membershipOf(organization, person, role, clock())))
    },
    leave: async (organization, person, { by, reason }) => {
      if (foreign) return host
      if (!isKept(organization)) return { ok: false, reason: 'unknown' }
      const about = { id: `host:${randomUUID()}`, by, reason, organization, at: clock() }
      const left = await inTurn(services, [organization], () => leaveNow(services, person, about))
      return left === 'busy' ? { ok: false, reason: 'busy' } : left
    },
  }
}

/** While nobody else leaves: of two last super admins who go at the same moment, one stays. */
async function leaveNow(
  services: AccountServices,
  person: string,
  about: ChangeBy,
): Promise<Done<'unknown' | 'last_super_admin'>> {
  const found = await services.store.memberships.get(`${about.organization}:${person}`)
  if (found === undefined) return { ok: false, reason: 'unknown' }
  const only = await onlySuperAdminOf(services, person, [found])
  if (only.length > 0) return { ok: false, reason: 'last_super_admin' }
  return services.change('protections', person, (current): [Protection | undefined, Done<'unknown'>] =>
    current === undefined
      ? [current, { ok: false, reason: 'unknown' }]
      : [departed(current, about), { ok: true }],
  )
}

const isPossible = (policy: unknown): boolean => policyPartSchema.safeParse(policy).success

/** Of any length that a store keeps: a host's organizations have the ids that they have. */
const isKept = (id: string): boolean => id !== '' && id.isWellFormed() && Buffer.byteLength(id) <= 500

async function once(create: () => Promise<void>): Promise<Done<'taken'>> {
  try {
    await create()
    return { ok: true }
  } catch (error) {
    if (error instanceof Conflict) return { ok: false, reason: 'taken' }
    throw error
  }
}
