import { z } from 'zod'
import { changedRecently } from '../../recovery/facts.ts'
import type { Account } from '../../rules/account.ts'
import { isSuperAdmin, type Membership } from '../../rules/membership.ts'
import type { Organization } from '../../rules/organization.ts'
import { isWellKnown } from '../../rules/plain-id.ts'
import { visible } from '../../rules/plain-text.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import type { Caller } from '../caller.ts'
import type { Call } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import type { ApiServices } from '../services.ts'

/** An id in an address: nothing of ours has another form. */
export const idSchema = z.string().min(1).max(200).refine(isWellKnown, 'no id')

/** Words of somebody's: what nobody would type is left out of them, and none are left where nothing else was there. */
export const plainText = (most: number) =>
  z
    .string()
    .max(most * 4)
    .refine(
      (text) => text.isWellFormed() && visible(text).trim() !== '' && visible(text).trim().length <= most,
      {
        error: `1 to ${most} characters`,
      },
    )
    .transform((text) => visible(text).trim())

export const inOrganization = z.object({ organization: idSchema })
export const ofPerson = z.object({ organization: idSchema, person: idSchema })

/** Whether the caller acts for an organization at this moment. */
export async function reaches(
  { store }: ApiServices,
  caller: Caller,
  organization: string,
): Promise<boolean> {
  if (caller.bound !== undefined && caller.bound !== organization) return false
  if (caller.everywhere) return true
  if (caller.person === undefined) return caller.bound === organization
  const membership = await store.memberships.get(`${organization}:${caller.person.id}`)
  return isSuperAdmin(membership)
}

/** The organization of the address. One that the caller doesn't act for is as if it weren't there. */
export async function actedFor({
  services,
  caller,
  params,
}: Call<{ organization: string }>): Promise<Organization> {
  const found = (await reaches(services, caller, params.organization))
    ? await services.store.organizations.get(params.organization)
    : undefined
  if (found === undefined) throw new ApiRefusal('unknown')
  return found
}

/** Who belongs to the organization of the address. Everybody else is as if they weren't there. */
export async function memberActedFor(call: Call<{ organization: string; person: string }>) {
  const organization = await actedFor(call)
  const { store, accounts } = call.services
  const { person } = call.params
  const [membership, account] = await Promise.all([
    store.memberships.get(`${organization.id}:${person}`),
    accounts.get(person),
  ])
  if (membership === undefined || account === undefined) throw new ApiRefusal('unknown')
  return { organization, membership: membership as Membership, account }
}

/** A case of an organization that the caller acts for, or one at the desk of the support, for its agents. */
export async function visibleCase({
  services,
  caller,
  params,
}: Call<{ case: string }>): Promise<RecoveryCase> {
  const one = await services.store.cases.get(params.case)
  if (one === undefined || !(await seesCase(services, caller, one))) throw new ApiRefusal('unknown')
  return one
}

export async function seesCase(services: ApiServices, caller: Caller, one: RecoveryCase): Promise<boolean> {
  if (caller.everywhere) return true
  if (caller.bound === undefined && caller.person?.supportAgent === true && one.route === 'support')
    return true
  return one.organization !== undefined && reaches(services, caller, one.organization)
}

/** People of a host are changed there. */
export function requireOwnPeople({ hostPeople }: ApiServices): void {
  if (hostPeople) throw new ApiRefusal('host')
}

/** Whoever has just changed their factors may be somebody else. */
export function requireSettled({ clock, config }: ApiServices, person: Account): void {
  if (changedRecently(person, clock(), config)) throw new ApiRefusal('recent_change')
}
