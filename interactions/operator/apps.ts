import type Router from '@koa/router'
import type { Context } from 'koa'
import {
  type AppChanged,
  changeApp,
  getApp,
  isOverlap,
  listApps,
  registerApp,
  removeApp,
  rotateAppSecret,
  type ShownApp,
} from '../../organization/operator/apps.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { signingAlgorithms } from '../../rules/signing-keys.ts'
import { shownVersion } from '../../rules/version.ts'
import { keptForm } from '../console/kept-form.ts'
import type { Console } from '../console/session.ts'
import { askOnce } from '../http/ask-once.ts'
import { type Fields, formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { afterOn, pageOfList } from '../http/paging.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type AppForm, formOf, metadataOf } from './app-form.ts'
import { type Operator, operatorAt, saidOn, sentByOperator } from './operator.ts'

const path = '/operator/apps'
const pageSize = 50

/** Apps that sign people in here. */
export function appRoutes(router: Router, services: Services, console: Console): void {
  router.get('/apps', (ctx) => list(services, console, ctx))
  router.get('/apps/new', (ctx) => blank(services, console, ctx))
  router.post('/apps/new', formBody, (ctx) => register(services, console, ctx))
  router.get('/apps/:id', (ctx) => look(services, console, ctx))
  router.post('/apps/:id', formBody, (ctx) => change(services, console, ctx))
}

async function list(services: Services, console: Console, ctx: Context): Promise<void> {
  if ((await operatorAt(services, console, ctx)) === undefined) return
  const { shown, next } = await pageOfList(pageSize, (most) => listApps(services, afterOn(ctx), most))
  const page = services.views.page('operator_apps', localeOf(ctx), {
    message: saidOn(ctx),
    apps: shown.map(({ id, name, from, secret }) => ({ id, name, from, secret })),
    next,
  })
  showPage(ctx, page)
}

async function blank(services: Services, console: Console, ctx: Context): Promise<void> {
  const operator = await operatorAt(services, console, ctx)
  if (operator === undefined) return
  const kept = keptForm(services, ctx, operator.session)
  await show(services, ctx, operator, kept?.typed ? formIn(kept.typed) : formOf({}), kept)
}

/** What an app that is registered here may do; one that was registered elsewhere keeps what it says. */
const codeFlow = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }

/** POST: the fields of the form; client_id may be left out. */
async function register(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByOperator(services, console, ctx, `${path}/new`)
  if (sent === undefined) return
  const { fields } = sent
  const again = refusing(services, ctx, sent, fields)
  if (sent.refused) return again(sent.refused)
  const form = formIn(fields)
  const wanted = await metadataOf(services, form)
  if ('unknown' in wanted) return again(unknownIn(wanted.unknown))
  const client_id = form.client_id || undefined
  const metadata = { ...codeFlow, ...wanted.metadata, client_id }
  await answer(services, ctx, await registerApp(services, sent.account, metadata), again)
}

type Again = (message: PageMessage, beside?: Beside) => Promise<void>

/** The form once more, as it was filled in, on the version that it was filled in on. */
const refusing =
  (services: Services, ctx: Context, operator: Operator, fields: Fields): Again =>
  (message, beside) =>
    show(services, ctx, operator, formIn(fields), refusedForm(message, fields), beside)

/** What became of it: the secret is shown here and nowhere else. */
async function answer(services: Services, ctx: Context, outcome: AppChanged, again: Again): Promise<void> {
  if (!outcome.ok && outcome.reason === 'faults')
    return again({ key: 'app_faults' }, { faults: outcome.faults })
  if (!outcome.ok) return again({ key: messageOf(outcome.reason) })
  if (outcome.secret === undefined) return seeOther(ctx, `${pathOf(outcome.id)}?said=app_saved`)
  showSecret(services, ctx, { id: outcome.id, secret: outcome.secret })
}

function showSecret(
  services: Services,
  ctx: Context,
  { id, secret, until }: { id: string; secret: string; until?: number },
): void {
  const locals = { id, secret, back: pathOf(id), until }
  showPage(ctx, services.views.page('operator_secret', localeOf(ctx), locals))
}

async function look(services: Services, console: Console, ctx: Context): Promise<void> {
  const operator = await operatorAt(services, console, ctx)
  if (operator === undefined) return
  const app = await getApp(services, String(ctx.params.id))
  if (app === undefined) throw new Problem(404, 'not_found')
  const kept = keptForm(services, ctx, operator.session)
  const form = kept?.typed?.do === 'save' ? formIn(kept.typed) : formOf(app.metadata)
  await show(services, ctx, operator, form, kept ?? saidOn(ctx))
}

/** POST: do=save (the fields of the form, version) | rotate (days, sure) | remove (sure). */
async function change(services: Services, console: Console, ctx: Context): Promise<void> {
  const id = String(ctx.params.id)
  const sent = await sentByOperator(services, console, ctx, pathOf(id))
  if (sent === undefined) return
  const app = await getApp(services, id)
  if (app === undefined) throw new Problem(404, 'not_found')
  const { fields } = sent
  const kept = formOf(app.metadata)
  if (sent.refused)
    return show(
      services,
      ctx,
      sent,
      fields.do === 'save' ? formIn(fields) : kept,
      refusedForm(sent.refused, fields),
    )
  if (fields.do === 'save') return save(services, ctx, sent, id, fields)
  const back = pathOf(id)
  if (fields.do === 'remove') {
    if (askOnce(services, ctx, sent, { what: 'app_remove', back, values: { app: app.name } })) return
    const outcome = await removeApp(services, sent.account, id)
    if (!outcome.ok) return show(services, ctx, sent, kept, { key: messageOf(outcome.reason) })
    return seeOther(ctx, `${path}?said=app_removed`)
  }
  if (fields.do !== 'rotate') return show(services, ctx, sent, kept, { key: 'unknown' })
  const days = fields.days?.trim() ? Number(fields.days) : Number.NaN
  if (!isOverlap(days)) return show(services, ctx, sent, kept, refusedForm({ key: 'app_days' }, fields))
  if (askOnce(services, ctx, sent, { what: 'app_rotate', back, values: { app: app.name, count: days } }))
    return
  const outcome = await rotateAppSecret(services, sent.account, id, days)
  if (!outcome.ok)
    return show(services, ctx, sent, kept, refusedForm({ key: messageOf(outcome.reason) }, fields))
  showSecret(services, ctx, { id, secret: outcome.secret, until: outcome.until })
}

/** Changes what was seen: if somebody else was first, what they said stands beside it. */
async function save(
  services: Services,
  ctx: Context,
  operator: Operator,
  id: string,
  fields: Fields,
): Promise<void> {
  const again = refusing(services, ctx, operator, fields)
  const wanted = await metadataOf(services, formIn(fields))
  if ('unknown' in wanted) return again(unknownIn(wanted.unknown))
  const seen = ({ metadata }: ShownApp) => shownVersion(metadata) === fields.version
  const outcome = await changeApp(services, operator.account, id, wanted.metadata, seen)
  if (outcome.ok || outcome.reason !== 'precondition_failed') return answer(services, ctx, outcome, again)
  const app = await getApp(services, id)
  if (app === undefined) throw new Problem(404, 'not_found')
  const now = unlike(formOf(app.metadata), formOf({ ...app.metadata, ...wanted.metadata }))
  // On what is there now: whoever saves it again has read that they weren't the first.
  await refusing(services, ctx, operator, { ...fields, version: undefined })({ key: 'app_stale' }, { now })
}

/** What the form has of one app where it has something else of another. */
const unlike = (one: AppForm, other: AppForm): Partial<AppForm> =>
  Object.fromEntries(Object.entries(one).filter(([name, value]) => other[name as keyof AppForm] !== value))

type Refusal = Exclude<(AppChanged & { ok: false })['reason'], 'faults'> | 'no_secret' | 'days'

/** Somebody else was at it at this moment: what is there now is shown. */
const messageOf = (reason: Refusal): MessageKey =>
  reason === 'busy' || reason === 'precondition_failed' ? 'not_possible' : `app_${reason}`

const unknownIn = ({ field, value }: { field: 'organization' | 'person'; value: string }): PageMessage => ({
  key: `app_no_${field}`,
  values: { value },
})

const formIn = (fields: Fields): AppForm => ({ ...formOf({}), ...known(fields) })

const known = (fields: Fields): Partial<AppForm> =>
  Object.fromEntries(Object.keys(formOf({})).map((name) => [name, fields[name] ?? '']))

const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`

interface Beside {
  /** In the library's words. */
  faults?: string[]
  /** What is there now, where somebody else was first and it isn't what was filled in. */
  now?: Partial<AppForm>
}

async function show(
  services: Services,
  ctx: Context,
  { session }: Operator,
  form: AppForm,
  message?: PageMessage,
  { faults = [], now = {} }: Beside = {},
): Promise<void> {
  const id = ctx.params.id === undefined ? undefined : String(ctx.params.id)
  const app = id === undefined ? undefined : await getApp(services, id)
  const page = services.views.page('operator_app', localeOf(ctx), {
    ...formLocals(id === undefined ? `${path}/new` : pathOf(id), session.form, message),
    app: app && {
      id: app.id,
      name: app.name,
      from: app.from,
      secret: app.secret,
      previousUntil: app.previousUntil,
    },
    outcome: app === undefined ? undefined : 'there',
    issuer: services.config.issuer,
    version: app && shownVersion(app.metadata),
    values: { ...form },
    now: { ...now },
    algorithms: services.signingKeys?.algorithms ?? signingAlgorithms,
    faults,
  })
  showPage(ctx, page)
}
