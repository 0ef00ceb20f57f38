import Router from '@koa/router'
import type { Context } from 'koa'
import { signOut } from '../../account/sessions.ts'
import { checkFormToken, formBody, hasFormToken, readFields } from '../http/form.ts'
import { checkLanguageForm, keepLanguage, pageToReturnTo } from '../http/languages.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf, originOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { ownPath } from './frame.ts'
import { anyone, type Console } from './session.ts'

/** The session's way back, and the forms that stand around every page of ours: out, and in which language. */
export function consoleRoutes(services: Services, console: Console): Router {
  const router = new Router()
  router.get('/console/callback', (ctx) => console.callback(ctx))
  // Signed in as somebody who may not open a page: as somebody else, and back to it.
  router.get('/console/switch', (ctx) => console.signIn(ctx, anyone, pageIn(ctx), { again: true }))
  router.post('/console/sign-out', formBody, (ctx) => leave(services, console, ctx))
  router.get('/console/signed-out', (ctx) =>
    showPage(ctx, services.views.page('logged_out', localeOf(ctx), {})),
  )
  router.post('/console/language', formBody, (ctx) => choose(services, console, ctx))
  return router
}

/** POST: nothing. Ends the session that our pages rest on, and with it those of every app in this browser. */
async function leave(services: Services, console: Console, ctx: Context): Promise<void> {
  const session = await console.current(ctx)
  if (session !== undefined) {
    checkFormToken(readFields(ctx), session.form)
    const by = { account: session.account, origin: originOf(ctx), app: services.config.brand.name }
    await signOut(services, by, session.providerSession)
    await console.forget(ctx, session)
  }
  seeOther(ctx, '/console/signed-out')
}

/** POST: locale, back. From a page of our own, or from one that needs nobody to be signed in. */
async function choose(services: Services, console: Console, ctx: Context): Promise<void> {
  const fields = readFields(ctx)
  const session = await console.current(ctx)
  if (session === undefined || !hasFormToken(fields, session.form))
    checkLanguageForm(services.ring, ctx, fields)
  keepLanguage(services.config, ctx, fields)
  seeOther(ctx, ownPath(services.config, pageToReturnTo(fields)))
}

/** A page of our own people's, and no other address, whoever wrote the link. */
function pageIn(ctx: Context): string {
  const { to } = ctx.query
  return typeof to === 'string' && /^\/(security|administration|support|operator)(\/[\w-]+)*$/.test(to)
    ? to
    : '/security'
}
