import type Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import { findPeople, type ListPage, type ListQuery } from '../../organization/lists.ts'
import { pendingProposals } from '../../organization/roles.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Listing } from '../../rules/listing.ts'
import { memberChanges } from '../../rules/member-change.ts'
import type { Pages } from '../../views/pages.ts'
import type { Console } from '../console/session.ts'
import { formLocals } from '../http/form.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { lookingAt, ownOrganization, signedIn } from './super-admin.ts'

const pageSize = 50

/** What the list was asked for, by its address: whatever else stands there asks for nothing. */
const asked = z.object({
  q: z.string().max(200).catch(''),
  role: z.enum(['', 'super_admin', 'member']).catch(''),
  status: z.enum(['', 'active', 'suspended', 'deactivated', 'removed']).catch(''),
  methods: z.enum(['', 'none', 'one', 'no_codes']).catch(''),
  signed: z.enum(['', 'recent', 'away', 'never']).catch(''),
  sort: z.enum(['joined', 'name', 'signed_in']).catch('joined'),
  way: z.enum(['', 'down']).catch(''),
  after: z.string().max(500).optional().catch(undefined),
})

export type Asked = Omit<z.output<typeof asked>, 'after'>

/** The members of an organization: looked for, picked out, in an order. */
export function peopleRoutes(services: Services, console: Console, router: Router): void {
  router.get('/:organization', (ctx) => showMembers(services, console, ctx))
}

async function showMembers(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const organization = await ownOrganization(services, ctx, admin)
  const { after, ...wanted } = asked.parse(ctx.query)
  const [found, proposals] = await Promise.all([
    findPeople(services, queryOf(organization.id, wanted, after)),
    pendingProposals(services, organization.id),
  ])
  const page = services.views.page('members', localeOf(ctx), {
    ...formLocals(
      `/administration/${encodeURIComponent(organization.id)}`,
      admin.session.form,
      nobodyPicked(ctx),
    ),
    admin: admin.account.name,
    organization: organization.name,
    asked: wanted,
    ...shownPage(found),
    proposals: proposals.length,
    directory: services.places.has('directory'),
  })
  showPage(ctx, page)
}

/** A change was chosen for several members, and none of them was picked. */
function nobodyPicked({ query }: Context): PageMessage | undefined {
  const change = memberChanges.find((known) => known === query.nobody)
  return change && { key: 'several_nobody', typed: { change } }
}

function queryOf(organization: string, wanted: Asked, after: string | undefined): ListQuery {
  const { q, role, status, methods, signed, sort, way } = wanted
  return {
    organization,
    text: q,
    role: role || undefined,
    status: status || undefined,
    methods: methods || undefined,
    signedIn: signed || undefined,
    sort,
    descending: way === 'down',
    after,
    limit: pageSize,
  }
}

const shownPage = ({
  people,
  next,
  count,
  more,
}: ListPage): Pick<Pages['members'], 'members' | 'next' | 'count' | 'more'> => ({
  members: people.map(shownMember),
  next,
  count,
  more,
})

function shownMember(one: Listing): Pages['members']['members'][number] {
  const { account, name, email, status, role = 'member', methods, noCodes, signedInOn } = one
  return { id: account, name, email, status, role, methods, noCodes: noCodes === true, signedInOn }
}
