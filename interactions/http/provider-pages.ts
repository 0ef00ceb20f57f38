import { randomUUID } from 'node:crypto'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ProviderPages } from '../../provider/pages.ts'
import { appFault, type Refusal } from '../../rules/app-fault.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { appName } from '../../rules/plain-text.ts'
import type { Services } from '../services.ts'
import { explain, showError } from './guards.ts'
import { showPage } from './page.ts'
import { localeOf } from './request.ts'
import { inLanguage } from './sign-out-language.ts'
import type { Leading } from './ways-out.ts'

const known = new Set(['invalid_client', 'invalid_request', 'access_denied'])

/** The pages that the library asks for: errors it can't send to an app, and signing out. */
export function providerPages(services: Pick<Services, 'views' | 'log'> & Leading): ProviderPages {
  const { views, log } = services
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
    },
    logoutSource: (ctx, form) => {
      const app = ctx.oidc.client && appName(ctx.oidc.client.clientName ?? ctx.oidc.client.clientId)
      const wanted = ctx.oidc.params?.ui_locales
      const { xsrf, action } = formOf(form)
      showPage(
        ctx,
        views.page('logout', localeOf(ctx, wanted), { xsrf, action: inLanguage(action, wanted), app }),
      )
    },
    userCodeInput: (ctx, form, _out, error) => {
      const fault = error === undefined ? {} : { message: { key: codeFault(error) } }
      showPage(
        ctx,
        views.page('user_code', localeOf(ctx, ctx.query.ui_locales), { ...formOf(form), ...fault }),
      )
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
      showPage(
        ctx,
        views.page('logged_out', localeOf(ctx, ctx.query.ui_locales), app === undefined ? {} : { app }),
      )
    },
  }
}

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
