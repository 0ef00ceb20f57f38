import type Router from '@koa/router'
import type { Context } from 'koa'
import { makeOwnPrimary, renameOwn } from '../../account/change.ts'
import { factorTerms } from '../../account/policies.ts'
import { removeOwn } from '../../account/remove.ts'
import { shownFactor } from '../../account/shown.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { hasSecondFactor } from '../../rules/factor.ts'
import type { Console } from '../console/session.ts'
import { formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { actingOn, changing, looking, messageOf, type Owner, sentBy, signedInOwner } from './owner.ts'

const overview = '/security'
const pathOf = (ctx: Context): string => `${overview}/methods/${encodeURIComponent(ctx.params.id)}`

/** One sign-in method: its name, whether it is the primary one, and taking it away; and the way to a new one. */
export function methodRoutes(router: Router, services: Services, console: Console): void {
  router.post('/methods', formBody, (ctx) => add(services, console, ctx))
  router.get('/methods/:id', (ctx) => show(services, console, ctx))
  router.post('/methods/:id', formBody, (ctx) => change(services, console, ctx))
}

/**
 * POST: kind. Leads to the sign-in, which has the pages that set a factor up and looks for itself whether it may be.
 * A first factor is what a stronger sign-in asks for anyway: so the session is a strong one when the person is back.
 */
async function add(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, overview, looking)
  if (sent === undefined) return
  const { account, fields } = sent
  const { kinds } = await factorTerms(services, account)
  const kind = kinds.find((one) => one === fields.kind) ?? kinds[0]!
  const done = `${overview}?said=factor_added`
  const as = hasSecondFactor(account) ? { action: `enrol:${kind}`, done } : {}
  const need = { acr: acrMultiFactor, maxAge: changing }
  await console.signIn(ctx, need, overview, { email: account.email, ...as })
}

async function show(services: Services, console: Console, ctx: Context): Promise<void> {
  const owner = await signedInOwner(services, console, ctx, changing, pathOf(ctx))
  if (owner !== undefined) await showMethod(services, ctx, owner, messageOf(services, ctx, owner))
}

/** POST: change=rename (name) | primary | remove. */
async function change(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, pathOf(ctx))
  if (sent === undefined) return
  const { account, fields } = sent
  const by = actingOn(services, ctx, sent)
  const factor: string = ctx.params.id
  switch (fields.change) {
    case 'rename': {
      const name = fields.name ?? ''
      if (await renameOwn(services, by, { factor, name }))
        return seeOther(ctx, `${pathOf(ctx)}?said=factor_renamed`)
      return showMethod(services, ctx, sent, refusedForm({ key: 'factor_name' }, fields))
    }
    case 'primary': {
      if (await makeOwnPrimary(services, by, factor))
        return seeOther(ctx, `${pathOf(ctx)}?said=primary_changed`)
      return showMethod(services, ctx, sent, { key: 'not_possible' })
    }
    case 'remove': {
      const { required } = await factorTerms(services, account)
      if (await removeOwn(services, by, { factor, required }))
        return seeOther(ctx, `${overview}?said=factor_removed`)
      return showMethod(services, ctx, sent, { key: 'factor_not_removed' })
    }
    default:
      return showMethod(services, ctx, sent, { key: 'unknown' })
  }
}

/** One that is gone, or was never theirs, leads back to those that are there. */
async function showMethod(
  services: Services,
  ctx: Context,
  { session, account: { id } }: Owner,
  message?: PageMessage,
): Promise<void> {
  const account = await services.accounts.get(id)
  const factor = account?.factors.find((one) => one.id === ctx.params.id)
  if (account === undefined || factor === undefined) return seeOther(ctx, `${overview}?said=already_gone`)
  const { required } = await factorTerms(services, account)
  const page = services.views.page('security_method', localeOf(ctx), {
    ...formLocals(pathOf(ctx), session.form, message),
    email: account.email,
    factor: shownFactor(account, factor),
    last: account.factors.length === 1,
    required,
  })
  showPage(ctx, page)
}
