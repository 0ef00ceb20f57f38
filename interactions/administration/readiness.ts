import type Router from '@koa/router'
import type { Context } from 'koa'
import { answerOfDrill, startDrill } from '../../organization/drill.ts'
import {
  type PersonReadiness,
  personReadiness,
  readinessOfOrganization,
  usuallyDecided,
} from '../../organization/readiness.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { drillTime } from '../../rules/drill-times.ts'
import type { Organization } from '../../rules/organization.ts'
import type { Readiness } from '../../rules/readiness.ts'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { formBody, formLocals, readFields } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Admin, lookingAt, ownOrganization, sentByAdmin, signedIn } from './super-admin.ts'

const mostListed = 50

/** How prepared an organization and its members are for the day a phone is lost. */
export function readinessRoutes(services: Services, console: Console, router: Router): void {
  router.get('/:organization/readiness', (ctx) => look(services, console, ctx))
  router.post('/:organization/readiness', formBody, (ctx) => act(services, console, ctx))
  router.get('/:organization/members/:account/readiness', (ctx) => lookAt(services, console, ctx))
}

async function look(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const said = ctx.query.said
  const message = said === 'drill_begun' || said === 'drill_answered' ? ({ key: said } as const) : undefined
  await show(services, ctx, admin, message)
}

/** POST: do=drill (a fresh second factor) | answer. */
async function act(services: Services, console: Console, ctx: Context): Promise<void> {
  const fields = readFields(ctx)
  const need = fields.do === 'answer' ? lookingAt : freshSecondFactor
  const sent = await sentByAdmin(services, console, ctx, need)
  if (sent === undefined) return
  const { admin, organization } = sent
  const { id } = organization
  if (fields.do === 'answer') {
    const counted = await answerOfDrill(services, id, admin.account.id)
    return counted ? seeOther(ctx, `${ctx.path}?said=drill_answered`) : show(services, ctx, admin)
  }
  if (fields.do !== 'drill') return show(services, ctx, admin, { key: 'unknown' })
  const outcome = await startDrill(services, id, admin.account)
  if (!outcome.ok) return show(services, ctx, admin, { key: `drill_${outcome.reason}` })
  seeOther(ctx, `${ctx.path}?said=drill_begun`)
}

async function show(services: Services, ctx: Context, admin: Admin, message?: PageMessage): Promise<void> {
  const organization = await ownOrganization(services, ctx, admin)
  const ready = await readinessOfOrganization(services, organization.id)
  if (ready === undefined) throw new Problem(404, 'not_found')
  const base = `/administration/${encodeURIComponent(organization.id)}`
  const { people, ...whole } = ready
  const page = services.views.page('readiness', localeOf(ctx), {
    ...formLocals(`${base}/readiness`, admin.session.form, message),
    back: base,
    organization: organization.name,
    ...whole,
    needed: organization.policy.approvals ?? 1,
    weak: people
      .filter(({ weaknesses }) => weaknesses.length > 0)
      .slice(0, mostListed)
      .map(listed),
    drill: await drillOf(services, organization, admin),
  })
  showPage(ctx, page)
}

const listed = ({ id, name, email, role, score, weaknesses }: PersonReadiness) => ({
  ...{ id, name, email, role, score, weaknesses },
})

async function drillOf(services: Services, { drill, policy }: Organization, { account }: Admin) {
  if (drill === undefined) return undefined
  const answers = await Promise.all(
    drill.answers.map(async ({ by, at }) => ({
      name: (await services.accounts.get(by))?.name ?? by,
      after: at - drill.at,
    })),
  )
  const open = drill.asked.includes(account.id) && !drill.answers.some(({ by }) => by === account.id)
  const enough = drillTime(drill, policy.approvals ?? 1)
  return { at: drill.at, asked: drill.asked.length, answers, open, enough }
}

async function lookAt(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const organization = await ownOrganization(services, ctx, admin)
  const id = String(ctx.params.account)
  const membership = await services.store.memberships.get(`${organization.id}:${id}`)
  const account = await services.accounts.get(id)
  if (membership === undefined || account === undefined) throw new Problem(404, 'not_found')
  const base = `/administration/${encodeURIComponent(organization.id)}`
  const page = services.views.page('person_readiness', localeOf(ctx), {
    back: `${base}/readiness`,
    member: { name: account.name, email: account.email },
    ...(await named(services, await personReadiness(services, account))),
    usuallyDecided: await usuallyDecided(services, organization.id),
  })
  showPage(ctx, page)
}

/** With the names of those who would be asked, as far as a picture has room for them. */
async function named({ accounts }: Services, { score, weaknesses, ways }: Readiness) {
  const shown = 3
  return {
    score,
    weaknesses,
    ways: await Promise.all(
      ways.map(async ({ asked, ...way }) => ({
        ...way,
        asked: (await Promise.all(asked.slice(0, shown).map((id) => accounts.get(id)))).map(
          (one) => one?.name ?? '',
        ),
        others: Math.max(0, asked.length - shown),
      })),
    ),
  }
}
