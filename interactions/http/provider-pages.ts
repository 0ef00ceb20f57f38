import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ProviderPages } from '../../provider/pages.ts'
import type { Locale } from '../../rules/account.ts'
import { appFault, type Refusal } from '../../rules/app-fault.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { appName } from '../../rules/plain-text.ts'
import { withLanguages } from '../../views/frame.ts'
import type { Services } from '../services.ts'
import { explain, showError } from './guards.ts'
import { languageFormFor } from './languages.ts'
import { showPage } from './page.ts'
import { localeOf } from './request.ts'
import { inLanguage } from './sign-out-language.ts'
import type { Leading } from './ways-out.ts'

const known = new Set(['invalid_client', 'invalid_request', 'access_denied'])

/** The pages that the library asks for: errors it can't send to an app, and signing out. */
export function providerPages(services: Pick<Services, 'views' | 'log' | 'ring'> & Leading): ProviderPages {
  const { views, log } = services
  const show = (ctx: Context, locale: Locale, page: string) =>
    showPage(ctx, inAnyLanguage(services, ctx, locale, page))
  return {
    renderError: async (ctx, out, error) => {
      const reference = randomUUID().slice(0, 8)
      if ((ctx.status ?? 500) >= 500 && out.error === 'server_error') {
        log.error({ reference, err: error }, 'the provider failed')
        const { status, name } = explain(error)
        return showError(ctx, services, status, name, { reference })
      }
      if (out.error === 'invalid_request' && isExpired(error))
        return showError(ctx, services, ctx.status, 'expired')
      const client = ctx.oidc.client?.clientId
      const refusal = refusalOf(out, error)
      const developer = { fault: appFault(refusal), error: out.error, client }
      log.info({ reference, client, path: ctx.path, ...refusal }, 'an app was refused')
      await showError(ctx, services, ctx.status, known.has(out.error) ? out.error : 'invalid_request', {
        reference,
        developer,
      })
      if (typeof ctx.body === 'string')
        ctx.body = inAnyLanguage(services, ctx, localeOf(ctx, ctx.query.ui_locales), ctx.body)
    },
    logoutSource: (ctx, form) => {
      const app = ctx.oidc.client && appName(ctx.oidc.client.clientName ?? ctx.oidc.client.clientId)
      const wanted = ctx.oidc.params?.ui_locales
      const { xsrf, action } = formOf(form)
      const locale = localeOf(ctx, wanted)
      show(ctx, locale, views.page('logout', locale, { xsrf, action: inLanguage(action, wanted), app }))
    },
    userCodeInput: (ctx, form, _out, error) => {
      const fault = error === undefined ? {} : { message: { key: codeFault(error) } }
      const locale = localeOf(ctx, ctx.query.ui_locales)
      show(ctx, locale, views.page('user_code', locale, { ...formOf(form), ...fault }))
    },
    userCodeConfirm: (ctx, form, client, _device, userCode) => {
      const app = appName(client.clientName ?? client.clientId)
      showPage(
        ctx,
        views.page('user_code_confirm', localeOfUserCode(ctx), { ...formOf(form), app, userCode }),
      )
    },
    userCodeDone: (ctx) => {
      const app = ctx.oidc.client && appName(ctx.oidc.client.clientName ?? ctx.oidc.client.clientId)
      showPage(ctx, views.page('user_code_done', localeOfUserCode(ctx), app === undefined ? {} : { app }))
    },
    postLogoutSuccessSource: (ctx) => {
      const app = ctx.oidc.client && appName(ctx.oidc.client.clientName ?? ctx.oidc.client.clientId)
      const locale = localeOf(ctx, ctx.query.ui_locales)
      show(ctx, locale, views.page('logged_out', locale, app === undefined ? {} : { app }))
    },
  }
}

/**
 * A page of the library's with the choice of a language, where it can be loaded again. What the app has asked for is left
 * out then: the choice comes before it.
 */
function inAnyLanguage(
  { views, ring }: Pick<Services, 'views' | 'ring'>,
  ctx: Context,
  locale: Locale,
  page: string,
): string {
  const query = new URLSearchParams(ctx.querystring)
  query.delete('ui_locales')
  const back = query.size === 0 ? ctx.path : `${ctx.path}?${query}`
  const choosable = ctx.method === 'GET' && back.length < longest
  return withLanguages(page, choosable ? views.languages(locale, languageFormFor(ring, back)) : '')
}

/** What comes back from a form as a path of ours (interactions/console/frame.ts). */
const longest = 2_000

/** Words of the library; none of them is the request's. */
const refusalOf = (
  { error, error_description: description = '' }: { error: string; error_description?: string },
  { error_detail: detail = '' }: Error & { error_detail?: string },
): Refusal => ({ error, description, detail })

const isExpired = (error: Error): boolean => error.name === 'SessionNotFound'

/** The language that the device asked for, as it shows no page of its own. */
const localeOfUserCode = (ctx: KoaContextWithOIDC) =>
  localeOf(ctx, ctx.oidc.entities.DeviceCode?.params?.ui_locales)

/** The library hands over a whole form; ours are pages, and only need where it goes and its token. */
function formOf(form: string): { xsrf: string; action: string } {
  const xsrf = /name="xsrf" value="([^"]*)"/.exec(form)?.[1] ?? ''
  const action = /action="([^"]*)"/.exec(form)?.[1] ?? ''
  return { xsrf, action }
}

/** Why a device's code was not taken, as a message's key. */
function codeFault(error: Error & { userCode?: string }): MessageKey {
  if (error.name === 'AbortedError') return 'user_code_stopped'
  return error.name === 'NoCodeError' ? 'user_code_missing' : 'user_code_wrong'
}
