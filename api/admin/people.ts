import { z } from 'zod'
import { changeMember } from '../../organization/members.ts'
import type { Account, Membership } from '../../rules/account.ts'
import { localeTags } from '../../rules/locale.ts'
import type { MemberChange } from '../../rules/member-change.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { type Call, type Operation, operation } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import { apiVersion } from '../version.ts'
import { actedFor, inOrganization, memberActedFor, ofPerson, plainText } from './reach.ts'

const tag = 'People'

export const apiMoment = z.iso.datetime().describe('When, in UTC.')
export const isoOf = (at: number): string => new Date(at).toISOString()

const role = z.enum(['super_admin', 'member'])

export const memberSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    givenName: z.string().optional(),
    familyName: z.string().optional(),
    locale: z.enum(localeTags).optional(),
    status: z.enum(['active', 'deactivated', 'removed']),
    role,
    suspended: z.boolean().describe('Whether the organization has suspended the membership.'),
    since: apiMoment.describe('When they joined the organization.'),
    lastSignInAt: apiMoment.optional(),
  })
  .meta({ id: 'Person', description: 'Someone who belongs to an organization.' })

export function shownPerson(
  account: Account,
  { role, since, suspended }: Membership,
): z.input<typeof memberSchema> {
  const { id, email, name, givenName, familyName, locale, status, lastSignInAt } = account
  return {
    ...{ id, email, name, givenName, familyName, locale, status, role },
    suspended: suspended !== undefined,
    since: isoOf(since),
    lastSignInAt: lastSignInAt === undefined ? undefined : isoOf(lastSignInAt),
  }
}

export const because = z.strictObject({
  reason: plainText(500).describe('Why: the person and the log are told.'),
})

export const peopleOperations = [
  operation({
    id: 'listPeople',
    method: 'get',
    path: '/organizations/{organization}/people',
    tag,
    scope: 'people.read',
    summary: 'Who belongs to an organization, in the order in which they joined',
    params: inOrganization,
    query: pageQuery,
    status: 200,
    answer: pageOf(memberSchema),
    handle: list,
  }),
  operation({
    id: 'getPerson',
    method: 'get',
    path: '/organizations/{organization}/people/{person}',
    tag,
    scope: 'people.read',
    summary: 'One of them',
    params: ofPerson,
    status: 200,
    answer: memberSchema,
    handle: async (call) => {
      const { account, membership } = await memberActedFor(call)
      const body = shownPerson(account, membership)
      return { body, version: apiVersion(body) }
    },
  }),
  change('deactivatePerson', 'deactivate', 'Keep somebody out until they are reactivated'),
  change('reactivatePerson', 'reactivate', 'Let somebody in again'),
  change('suspendPerson', 'suspend', 'Suspend the membership; the account goes on elsewhere'),
  change('reinstatePerson', 'reinstate', 'Let a suspended membership count again'),
  change('restorePerson', 'restore', 'Undo a removal'),
  change('removePerson', 'remove', 'Remove somebody from the organization; elsewhere they stay'),
]

async function list(call: Call<z.output<typeof inOrganization>, z.output<typeof pageQuery>>) {
  const { id } = await actedFor(call)
  const { store, accounts } = call.services
  const { limit, cursor } = call.query
  const after = readCursor<Membership>(cursor, 'since')
  const found = await store.memberships.find('organization', id, { limit: limit + 1, after })
  const { shown, next } = cut(found, limit, 'since')
  const people = await Promise.all(shown.map(({ account }) => accounts.get(account)))
  const items = shown.flatMap((membership, index) =>
    people[index] === undefined ? [] : [shownPerson(people[index], membership)],
  )
  return { body: { items, next } }
}

function change(id: string, wanted: MemberChange, summary: string): Operation {
  return operation({
    id,
    method: 'post',
    path: `/organizations/{organization}/people/{person}/${wanted}`,
    tag,
    scope: 'people.manage',
    summary,
    params: ofPerson,
    body: because,
    status: 204,
    reasons: ['last_super_admin', 'elsewhere', 'not_possible', 'busy', 'oneself'],
    handle: (call) => memberChanged(call, wanted),
  })
}

/** As on the page; what one can't do to oneself there one can't here. */
export async function memberChanged(
  call: Call<z.output<typeof ofPerson>, object, z.output<typeof because>>,
  wanted: MemberChange,
) {
  const { organization, account } = await memberActedFor(call)
  const { services, caller, body } = call
  if (account.id === caller.actor) throw new ApiRefusal('oneself')
  const about = { organization: organization.id, account: account.id, by: caller.actor, reason: body.reason }
  const refusal = await changeMember(services, wanted, about)
  if (refusal === undefined) return {}
  throw new ApiRefusal(refusal === 'not_member' ? 'unknown' : refusal)
}
