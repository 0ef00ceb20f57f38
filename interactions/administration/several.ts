import type Router from '@koa/router'
import type { Context } from 'koa'
import { changeMember, memberRefusal } from '../../organization/members.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { type MemberChange, memberChanges, undoneBy } from '../../rules/member-change.ts'
import type { Pages } from '../../views/pages.ts'
import type { Console } from '../console/session.ts'
import { type Fields, formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Admin, sentByAdmin } from './super-admin.ts'

/** As many as a page of the list has. */
const most = 50
const longestReason = 500
const picked = 'pick_'

/** One change for several members: first what will happen to each of them, then it happens. */
export function severalRoutes(services: Services, console: Console, router: Router): void {
  router.post('/:organization/several', formBody, (ctx) => several(services, console, ctx))
  // Whoever signed in between begins again: who was picked is seen there.
  router.get('/:organization/several', (ctx) => seeOther(ctx, backOf(String(ctx.params.organization))))
}

/** POST: pick_<id>=yes for each, change, and in the second step sure=yes and reason. */
async function several(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByAdmin(services, console, ctx)
  if (sent === undefined) return
  const { admin, fields } = sent
  const { id: organization, name } = sent.organization
  const back = backOf(organization)
  const change = memberChanges.find((known) => known === fields.change)
  const people = pickedIn(fields)
  if (change === undefined) return seeOther(ctx, back)
  if (people.length === 0) return seeOther(ctx, `${back}?nobody=${change}`)
  const reason = fields.reason?.trim() ?? ''
  const plan = { services, ctx, admin, organization, name, back, change, people, fields }
  if (fields.sure !== 'yes') return showPlan(plan)
  if (reason === '') return showPlan(plan, { key: 'reason_missing' })
  if (reason.length > longestReason) return showPlan(plan, { key: 'reason_too_long' })
  await carryOut(plan, reason)
}

const backOf = (organization: string): string => `/administration/${encodeURIComponent(organization)}`

const pickedIn = (fields: Fields): string[] =>
  Object.entries(fields)
    .filter(([name, value]) => name.startsWith(picked) && value === 'yes')
    .map(([name]) => name.slice(picked.length))
    .slice(0, most)

interface Plan {
  services: Services
  ctx: Context
  admin: Admin
  organization: string
  name: string
  back: string
  change: MemberChange
  people: string[]
  fields: Fields
}

async function showPlan(plan: Plan, message?: PageMessage): Promise<void> {
  const { services, organization, change, people } = plan
  const lines = await Promise.all(
    people.map(async (account) => {
      const refusal = await memberRefusal(services, change, { organization, account })
      return { ...(await named(plan, account)), refusal }
    }),
  )
  show(plan, { lines: lines.filter(isThere), done: false }, message)
}

/** One after another: each may be what the next is refused for. */
async function carryOut(plan: Plan, reason: string): Promise<void> {
  const { services, organization, change, people, admin } = plan
  const lines: Line[] = []
  for (const account of people) {
    const about = { organization, account, by: admin.account.id, reason }
    const refusal = await changeMember(services, change, about)
    lines.push({ ...(await named(plan, account)), refusal })
  }
  show(plan, { lines: lines.filter(isThere), done: true })
}

type Line = Pages['several']['lines'][number]

/** Whoever is no member isn't told of, whatever was sent. */
const isThere = ({ email, refusal }: Line): boolean => email !== '' && refusal !== 'not_member'

async function named(
  { services, organization }: Plan,
  id: string,
): Promise<Pick<Line, 'id' | 'name' | 'email'>> {
  const membership = await services.store.memberships.get(`${organization}:${id}`)
  const account = membership && (await services.accounts.get(id))
  return { id, name: account?.name ?? '', email: account?.email ?? '' }
}

function show(
  { services, ctx, admin, name, back, change, fields }: Plan,
  { lines, done }: Pick<Pages['several'], 'lines' | 'done'>,
  message?: PageMessage,
): void {
  const said = message && refusedForm(message, fields)
  const page = services.views.page('several', localeOf(ctx), {
    ...formLocals(`${back}/several`, admin.session.form, said),
    ...{ back, organization: name, change, lines, done, keepDays: services.config.keepRemovedDays },
    undo: done ? undoneBy[change] : undefined,
  })
  showPage(ctx, page)
}
