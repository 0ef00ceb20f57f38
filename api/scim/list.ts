import { z } from 'zod'
import type { Membership } from '../../rules/membership.ts'
import type { ScimCall } from './call.ts'
import { ScimFault } from './fault.ts'
import { type Filter, fits, parseFilter, wanted } from './filter.ts'
import { scimUser } from './user.ts'
import { findUser } from './users.ts'

export const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** Members looked at for a filter that no index answers; more is asked for more narrowly. */
const mostLookedAt = 5_000
const pageSize = 200
export const mostResults = 200

/** What is no number is as if it weren't there. */
const numberIn = (text: string | undefined, otherwise: number): number =>
  z.string().min(1).transform(Number).pipe(z.int()).catch(otherwise).parse(text)

export interface ListAsked {
  filter?: string | undefined
  startIndex?: string | undefined
  count?: string | undefined
}

const mostBeginnings = 10_000

export async function listUsers(call: ScimCall, asked: ListAsked) {
  const filter = asked.filter === undefined || asked.filter === '' ? undefined : parseFilter(asked.filter)
  const startIndex = Math.max(1, numberIn(asked.startIndex, 1))
  const count = Math.min(Math.max(0, numberIn(asked.count, 100)), mostResults)
  if (filter === undefined) return everybody(call, startIndex, count)
  const found = await filtered(call, filter)
  return response(found.slice(startIndex - 1, startIndex - 1 + count), found.length, startIndex)
}

export function response(resources: object[], totalResults: number, startIndex = 1) {
  return {
    schemas: [listSchema],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}

/** What a directory asks for again and again is answered by an index; the rest by looking at everybody. */
async function filtered(call: ScimCall, filter: Filter): Promise<object[]> {
  const candidates = await named(call, filter)
  const users = candidates ?? (await looked(call))
  return users.filter((one) => fits(filter, one))
}

async function named(call: ScimCall, filter: Filter): Promise<object[] | undefined> {
  const { people } = call.services.store
  const id = wanted(filter, 'id')
  if (id !== undefined) return shown(call, [id])
  const login = wanted(filter, 'userName') ?? wanted(filter, 'emails.value') ?? mailIn(filter)
  if (login !== undefined)
    return shown(
      call,
      (await people.find('login', login.toLowerCase(), { limit: 1 })).map((one) => one.id),
    )
  const external = wanted(filter, 'externalId')
  if (external === undefined) return undefined
  return shown(
    call,
    (await people.find('externalId', external, { limit: 100 })).map((one) => one.id),
  )
}

/** `emails[type eq "work"].value eq "…"`. */
const mailIn = (filter: Filter): string | undefined =>
  filter.op === 'has' && filter.path.toLowerCase() === 'emails' ? wanted(filter.one, 'value') : undefined

async function looked(call: ScimCall): Promise<object[]> {
  const { memberships } = call.services.store
  const all: object[] = []
  let after: Membership | undefined
  for (;;) {
    const page = await memberships.find('organization', call.organization.id, { limit: pageSize, after })
    all.push(
      ...(await shown(
        call,
        page.map(({ account }) => account),
      )),
    )
    if (page.length < pageSize) return all
    if (all.length >= mostLookedAt)
      throw new ScimFault(400, 'ask for fewer: by userName or externalId', 'tooMany')
    after = page.at(-1)!
  }
}

async function shown(call: ScimCall, ids: string[]): Promise<object[]> {
  const found = await Promise.all(ids.map((id) => findUser(call, id)))
  return found.flatMap((one) => (one === undefined ? [] : [scimUser(call, one.person, one.membership)]))
}

async function everybody(call: ScimCall, startIndex: number, count: number) {
  const { organization, services } = call
  const [all, gone] = await Promise.all([
    services.use.accounts.list({ organization: organization.id, limit: 1 }),
    removedOf(call),
  ])
  const page = await membersFrom(call, { startIndex, count, gone })
  const users = await shown(
    call,
    page.map(({ account }) => account),
  )
  const last = page.at(-1)
  if (last !== undefined) keepBeginning(call, startIndex + page.length, last)
  return response(users, (all.count ?? 0) - gone.size, startIndex)
}

/** Who is kept for a while, and has no place in the list any more. */
async function removedOf({ organization, services }: ScimCall): Promise<Set<string>> {
  const gone = new Set<string>()
  let after: string | undefined
  do {
    const asked = { organization: organization.id, status: 'removed' as const, limit: 1_000, after }
    const { people, next } = await services.use.accounts.list(asked)
    for (const { account } of people) gone.add(account)
    after = next
  } while (after !== undefined)
  return gone
}

interface Place {
  startIndex: number
  count: number
  gone: ReadonlySet<string>
}

async function membersFrom(call: ScimCall, { startIndex, count, gone }: Place): Promise<Membership[]> {
  const { memberships } = call.services.store
  const page: Membership[] = []
  let after = call.beginnings.get(beginningId(call, startIndex))
  let left = after === undefined ? startIndex - 1 : 0
  while (page.length < count) {
    const limit = left > 0 ? Math.min(left, 1_000) : count - page.length
    const found = await memberships.find('organization', call.organization.id, { limit, after })
    const there = found.filter(({ account }) => !gone.has(account))
    // No more are read than are left to pass over, so that a page begins with what is read after them.
    const passing = left > 0
    if (passing) left -= there.length
    else page.push(...there)
    if (found.length < limit) return page
    after = found.at(-1)!
    // Who asks for this page again, or for the same of another size, needn't pass over everybody once more.
    if (passing && left === 0) keepBeginning(call, startIndex, after)
  }
  return page
}

const beginningId = ({ caller, organization }: ScimCall, startIndex: number): string =>
  JSON.stringify([caller.client, organization.id, startIndex])

function keepBeginning(call: ScimCall, startIndex: number, last: Membership): void {
  const { beginnings } = call
  beginnings.set(beginningId(call, startIndex), last)
  if (beginnings.size > mostBeginnings) beginnings.delete(beginnings.keys().next().value!)
}
