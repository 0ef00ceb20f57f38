import { z } from 'zod'
import { findPeople } from '../../organization/lists.ts'
import { changeMember } from '../../organization/members.ts'
import type { Account } from '../../rules/account.ts'
import { localeTags } from '../../rules/locale.ts'
import type { MemberChange } from '../../rules/member-change.ts'
import type { Membership } from '../../rules/membership.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import { shownVersion } from '../../rules/version.ts'
import { cut, pageOf, pageQuery, readCursor } from '../cursor.ts'
import { type Call, type Operation, operation } from '../operation.ts'
import { type ApiReason, ApiRefusal } from '../problems.ts'
import type { ApiServices } from '../services.ts'
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
    externalId: z.string().optional().describe('What another system calls them; not in lists.'),
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
  { externalId }: Pick<OwnPerson, 'externalId'> = {},
): z.input<typeof memberSchema> {
  const { id, email, name, givenName, familyName, locale, status, lastSignInAt } = account
  return {
    ...{ id, email, name, givenName, familyName, externalId, locale, status, role },
    suspended: suspended !== undefined,
    since: isoOf(since),
    lastSignInAt: lastSignInAt === undefined ? undefined : isoOf(lastSignInAt),
  }
}

/** One person, with what only Rekey's own people have. */
export async function answeredPerson(
  { store, hostPeople }: ApiServices,
  account: Account,
  membership: Membership,
) {
  const own = hostPeople ? undefined : await store.people.get(account.id)
  const body = shownPerson(account, membership, own)
  return { body, version: shownVersion(body) }
}

/** As on the page; what is left out is anybody. */
const filters = z.object({
  q: plainText(200)
    .optional()
    .describe('A part of the name or the address, or of both, whatever its accents and width.'),
  role: role.optional(),
  status: z.enum(['active', 'suspended', 'deactivated', 'removed']).optional(),
  methods: z
    .enum(['none', 'one', 'no_codes'])
    .optional()
    .describe('No second factor, only one, or some and no backup code that stands in for them.'),
  signedIn: z
    .enum(['recent', 'away', 'never'])
    .optional()
    .describe(
      'In the last 30 days, not for 90, or never; these come in the order of their last sign-in, the latest first.',
    ),
  order: z
    .enum(['joined', 'name', 'signed_in'])
    .default('joined')
    .describe('Where `q` is given, they come by name whatever is asked for here.'),
  descending: z.enum(['true', 'false']).default('false'),
})
const peopleQuery = pageQuery.extend(filters.shape)
type Asked = z.output<typeof peopleQuery>

export const because = z.strictObject({
  reason: plainText(500).describe('Why: the person and the log are told.'),
})

/** What can be in the way of each: a document that names more than can be is no help. */
const refusalsOf: { readonly [change in MemberChange]: readonly ApiReason[] } = {
  end_sessions: ['oneself', 'elsewhere', 'not_possible'],
  suspend: ['oneself', 'last_super_admin', 'not_possible', 'busy'],
  reinstate: ['oneself', 'not_possible'],
  deactivate: ['oneself', 'last_super_admin', 'elsewhere', 'not_possible', 'busy'],
  reactivate: ['oneself', 'elsewhere', 'not_possible'],
  remove: ['oneself', 'last_super_admin', 'elsewhere', 'not_possible', 'busy'],
  restore: ['oneself', 'elsewhere', 'not_possible'],
}

export const peopleOperations = [
  operation({
    id: 'listPeople',
    method: 'get',
    path: '/organizations/{organization}/people',
    tag,
    scope: 'people.read',
    summary: 'Who belongs to an organization, in the order in which they joined, or those who are looked for',
    says: 'A page may be short, or empty, and not the last: `next` says so.',
    params: inOrganization,
    query: peopleQuery,
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
      return answeredPerson(call.services, account, membership)
    },
  }),
  change('deactivatePerson', 'deactivate', 'Keep somebody out until they are reactivated'),
  change('reactivatePerson', 'reactivate', 'Let somebody in again'),
  change('suspendPerson', 'suspend', 'Suspend the membership; the account goes on elsewhere'),
  change('reinstatePerson', 'reinstate', 'Let a suspended membership count again'),
  change('restorePerson', 'restore', 'Undo a removal'),
  change('removePerson', 'remove', 'Remove somebody from the organization; elsewhere they stay'),
]

async function list(call: Call<z.output<typeof inOrganization>, Asked>) {
  const { id } = await actedFor(call)
  const { services, query } = call
  const found = asksForAll(query)
    ? await everybody(services, id, query)
    : await lookedFor(services, id, query)
  const shown = await Promise.all(found.accounts.map((account) => shownMember(services, id, account)))
  return { body: { items: shown.filter((one) => one !== undefined), next: found.next } }
}

interface Found {
  accounts: string[]
  next?: string | undefined
}

const asksForAll = ({ limit: _, cursor: __, order, descending, ...filters }: Asked): boolean =>
  order === 'joined' && descending === 'false' && Object.values(filters).every((value) => value === undefined)

/** By the memberships themselves: whoever takes all of them over misses nobody. */
async function everybody(
  { store }: ApiServices,
  organization: string,
  { limit, cursor }: Asked,
): Promise<Found> {
  const after = readCursor<Membership>(cursor, 'since')
  const found = await store.memberships.find('organization', organization, { limit: limit + 1, after })
  const { shown, next } = cut(found, limit, 'since')
  return { accounts: shown.map(({ account }) => account), next }
}

/** By the lists, as the page has them. */
async function lookedFor(services: ApiServices, organization: string, asked: Asked): Promise<Found> {
  const { q, order, descending, cursor, ...filters } = asked
  // The list takes any cursor; here only ours are.
  readCursor(cursor)
  const inOrder = { sort: order, descending: descending === 'true', after: cursor }
  const wanted = { ...filters, ...inOrder, organization, text: q }
  const { people, next } = await findPeople(services, wanted)
  return { accounts: people.map(({ account }) => account), next }
}

/** As they are now; the lists follow what they are made from. */
async function shownMember({ store, accounts }: ApiServices, organization: string, person: string) {
  const [membership, account] = await Promise.all([
    store.memberships.get(`${organization}:${person}`),
    accounts.get(person),
  ])
  return membership && account && shownPerson(account, membership)
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
    reasons: refusalsOf[wanted],
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
