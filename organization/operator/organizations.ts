import { randomUUID } from 'node:crypto'
import type { Done } from '../../account/use-cases.ts'
import { Conflict } from '../../adapters/store/port.ts'
import type { Writes } from '../../effects/services.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import { type Organization, type OrganizationPolicy, organizationFault } from '../../rules/organization.ts'
import { told } from '../../rules/told.ts'
import type { By, Deeds } from './deeds.ts'
import { defaultPolicyOf } from './defaults.ts'

export interface ShownOrganization {
  id: string
  name: string
  createdAt: number
  policy: OrganizationPolicy
  /** Counted as far as matters: 26 stands for more. */
  superAdmins: number
  /** Accounts whose sign-in address is there are the organization's. */
  domains?: string[]
}

const mostCounted = 26

/** A page of the organizations, by id. */
export async function listOrganizations(
  { store }: Deeds,
  after?: string,
  limit = 50,
): Promise<ShownOrganization[]> {
  const found = await store.organizations.walk({ after, limit })
  return Promise.all(
    found.map(async ({ id, name, createdAt, policy, domains }) => {
      const admins = await store.memberships.find('superAdmins', id, { limit: mostCounted })
      return { id, name, createdAt, policy, domains, superAdmins: admins.length }
    }),
  )
}

/** Makes an organization with the installation's default policy, and its first super admin where one is named. */
export async function createOrganization(
  services: Deeds & Pick<Writes, 'create'>,
  by: By,
  { id, name, superAdmin }: { id: string; name: string; superAdmin?: string | undefined },
): Promise<Done<'taken' | 'id' | 'name' | 'unknown'>> {
  const reason = organizationFault({ id, name })
  if (reason !== undefined) return { ok: false, reason }
  const admin = superAdmin === undefined ? undefined : await services.accounts.find(superAdmin)
  if (superAdmin !== undefined && admin?.status !== 'active') return { ok: false, reason: 'unknown' }
  const now = services.clock()
  const cause = `organization:${randomUUID()}`
  const organization: Organization = { id, name, policy: await defaultPolicyOf(services), createdAt: now }
  const effects = [
    ...told(
      { subject: admin?.id, actor: by.id },
      { id: cause, event: 'organization.created', detail: { organization: id, name } },
    ),
    ...(admin === undefined ? [] : [firstAdmin(admin, organization, { id: cause, by: by.id })]),
  ]
  try {
    await services.create('organizations', withEffects(organization, effects))
  } catch (error) {
    if (error instanceof Conflict) return { ok: false, reason: 'taken' }
    throw error
  }
  return { ok: true }
}

/** Promised with the organization: whatever process dies, none is left that nobody looks after. */
const firstAdmin = (
  { id: account, email: address, name }: { id: string; email: string; name: string },
  { id: organization, createdAt: at }: Organization,
  { id, by }: { id: string; by: string },
): Effect => ({
  ...{ kind: 'join', id: `${id}:join`, role: 'super_admin', by },
  ...{ account, address, name, organization, at, invitation: '', locale: undefined, sealed: undefined },
})
