import type { Membership } from '../../rules/membership.ts'
import { shownVersion } from '../../rules/version.ts'
import { byDirectory, type ScimAnswer, type ScimCall } from './call.ts'
import { noSuch, ScimFault } from './fault.ts'
import { fits, parseFilter } from './filter.ts'
import { response } from './list.ts'
import { aboutMembers, type PatchStep, patchSteps } from './patch.ts'
import { scimRefusal } from './users.ts'

export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'

type Role = Membership['role']

/** Roles are groups that are always there. */
const names: { [role in Role]: string } = { super_admin: 'Super admins', member: 'Members' }
const roles = Object.keys(names) as Role[]

/** A group shows so many members at most; people show their group themselves. */
const mostMembers = 1_000

export async function listGroups(
  call: ScimCall,
  { filter, excludedAttributes }: { filter?: string; excludedAttributes?: string },
) {
  const asked = filter === undefined || filter === '' ? undefined : parseFilter(filter)
  // Entra asks whether somebody is among the members, and doesn't want to see them.
  const shows = !withoutMembers(excludedAttributes)
  const looks = shows || /members/i.test(filter ?? '')
  const all = await Promise.all(roles.map((role) => scimGroup(call, role, looks)))
  const found = asked === undefined ? all : all.filter((one) => fits(asked, one))
  const shown = found.map((one) => ({ ...one, members: shows ? one.members : undefined }))
  return response(shown, shown.length)
}

const withoutMembers = (excluded = ''): boolean => /\bmembers\b/i.test(excluded)

export async function getGroup(
  call: ScimCall,
  id: string,
  { excludedAttributes }: { excludedAttributes?: string } = {},
): Promise<ScimAnswer> {
  return { status: 200, body: await scimGroup(call, roleOf(id), !withoutMembers(excludedAttributes)) }
}

function roleOf(id: string): Role {
  const role = roles.find((one) => one === id)
  if (role === undefined) throw noSuch('group')
  return role
}

/** Without its members, a group has no version: it is they who change. */
async function scimGroup(call: ScimCall, role: Role, looks: boolean) {
  const members = looks ? await membersOf(call, role) : undefined
  return {
    schemas: [groupSchema],
    id: role,
    displayName: names[role],
    members,
    meta: {
      resourceType: 'Group',
      location: `${call.base}/Groups/${role}`,
      version: members && `W/"${shownVersion(members)}"`,
    },
  }
}

async function membersOf(call: ScimCall, role: Role) {
  const { memberships } = call.services.store
  const { id } = call.organization
  const found =
    role === 'super_admin'
      ? await memberships.find('superAdmins', id, { limit: mostMembers })
      : await memberships.find('organization', id, { limit: mostMembers })
  return found
    .filter((one) => one.role === role)
    .map(({ account }) => ({
      value: account,
      $ref: `${call.base}/Users/${encodeURIComponent(account)}`,
      type: 'User',
    }))
}

/** Who joins or leaves the super admins; only where the policy lets a directory say so. */
export async function patchGroup(call: ScimCall, id: string, body: unknown): Promise<ScimAnswer> {
  const role = roleOf(id)
  const steps = patchSteps(body).filter(({ attribute }) => attribute === 'members')
  for (const step of steps) await takeStep(call, role, step)
  return { status: 204 }
}

async function takeStep(call: ScimCall, role: Role, step: PatchStep): Promise<void> {
  const members = await membersOf(call, role)
  const all = step.op === 'remove' && step.which === undefined && step.value === undefined
  const about = all ? [] : aboutMembers(step, members)
  const there = new Set(members.map(({ value }) => value))
  const other: Role = role === 'super_admin' ? 'member' : 'super_admin'
  if (step.op === 'remove') {
    const leaving = all ? [...there] : about
    // Whoever leaves the members leaves by DELETE of the user: a role is never lost upwards.
    if (role === 'member') throw new ScimFault(403, 'people leave an organization by DELETE', 'mutability')
    for (const account of leaving) await give(call, account, other)
    return
  }
  if (step.op === 'replace' && role === 'super_admin')
    for (const account of there) if (!about.includes(account)) await give(call, account, other)
  for (const account of about) if (!there.has(account)) await give(call, account, role)
}

async function give(call: ScimCall, account: string, role: Role): Promise<void> {
  const { organization, services } = call
  if (organization.policy.scimSuperAdmins !== true)
    throw new ScimFault(
      403,
      'the policy of the organization lets no directory say who its super admins are',
      'mutability',
    )
  const done = await services.use.organizations.changeRole({
    ...byDirectory(call),
    organization: organization.id,
    account,
    role,
  })
  if (!done.ok && done.reason !== 'same_role') throw scimRefusal(done.reason)
}
