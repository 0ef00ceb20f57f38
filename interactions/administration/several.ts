import type Router from '@koa/router'
import type { Context } from 'koa'
import { memberRefusal } from '../../organization/members.ts'
import { changeSeveral, lastSeveral, stateOf } from '../../organization/several.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { type MemberChange, memberChanges, undoneBy } from '../../rules/member-change.ts'
import type { Pages } from '../../views/pages.ts'
import type { Console } from '../console/session.ts'
import { type Fields, formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage, workRefresh } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Admin, lookingAt, ownOrganization, sentByAdmin, signedIn } from './super-admin.ts'

/** As many as a page of the list has. */
const most = 50
const longestReason = 500
const picked = 'pick_'

const path = '/:organization/several'

/** One change for several members: first what will happen to each of them, then it happens. */
export function severalRoutes(services: Services, console: Console, router: Router): void {
  router.post(path, formBody, (ctx) => several(services, console, ctx))
  // Whoever signed in between begins again: who was picked is seen there.
  router.get(path, (ctx) => seeOther(ctx, backOf(String(ctx.params.organization))))
  router.get(`${path}/last`, (ctx) => showLast(services, console, ctx))
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
  const room = { services, ctx, admin, organization, name, back }
  const plan = { ...room, change, people, fields }
  if (fields.sure !== 'yes') return showPlan(plan)
  if (reason === '') return showPlan(plan, { key: 'reason_missing' })
  if (reason.length > longestReason) return showPlan(plan, { key: 'reason_too_long' })
  const about = { organization, by: admin.account.id, reason }
  if (!(await changeSeveral(services, change, people, about))) return showPlan(plan, { key: 'busy' })
  seeOther(ctx, `${back}/several/last`)
}

const backOf = (organization: string): string => `/administration/${encodeURIComponent(organization)}`

const pickedIn = (fields: Fields): string[] =>
  Object.entries(fields)
    .filter(([name, value]) => name.startsWith(picked) && value === 'yes')
    .map(([name]) => name.slice(picked.length))
    .slice(0, most)

interface Room {
  services: Services
  ctx: Context
  admin: Admin
  organization: string
  name: string
  back: string
}

interface Plan extends Room {
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
  const said = message && refusedForm(message, plan.fields)
  show(plan, { change, lines: lines.filter(isThere), state: 'plan' }, said)
}

/** How far the last one has come; the page goes on by itself until it is over. */
async function showLast(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const { id: organization, name } = await ownOrganization(services, ctx, admin)
  const back = backOf(organization)
  const last = await lastSeveral(services, organization, admin.account.id)
  if (last === undefined) return seeOther(ctx, back)
  const room = { services, ctx, admin, organization, name, back }
  const lines = await Promise.all(
    last.people.map(async (account, index) => {
      const came = last.came[index]
      return { ...(await named(room, account)), refusal: came ?? undefined, waits: came === undefined }
    }),
  )
  const state = stateOf(last, services.clock())
  if (state === 'working') ctx.set('Refresh', workRefresh)
  show(room, { change: last.change, lines: lines.filter(isThere), state })
}

type Line = Pages['several']['lines'][number]

/** Whoever is no member isn't told of, whatever was sent. */
const isThere = ({ email, refusal }: Line): boolean => email !== '' && refusal !== 'not_member'

async function named(
  { services, organization }: Pick<Room, 'services' | 'organization'>,
  id: string,
): Promise<Pick<Line, 'id' | 'name' | 'email'>> {
  const membership = await services.store.memberships.get(`${organization}:${id}`)
  const account = membership && (await services.accounts.get(id))
  return { id, name: account?.name ?? '', email: account?.email ?? '' }
}

function show(
  { services, ctx, admin, name, back }: Room,
  shown: Pick<Pages['several'], 'change' | 'lines' | 'state'>,
  message?: PageMessage,
): void {
  const page = services.views.page('several', localeOf(ctx), {
    ...formLocals(`${back}/several`, admin.session.form, message),
    ...{ back, organization: name, ...shown, keepDays: services.config.keepRemovedDays },
    undo: shown.state === 'over' ? undoneBy[shown.change] : undefined,
  })
  showPage(ctx, page)
}
