import { randomUUID } from 'node:crypto'
import type { ProviderPages } from '../../provider/pages.ts'
import { appName } from '../../rules/plain-text.ts'
import type { Services } from '../services.ts'
import { showError } from './guards.ts'
import { showPage } from './page.ts'
import { localeOf } from './request.ts'

const known = new Set(['invalid_client', 'invalid_request', 'access_denied', 'expired'])

/** The pages that the library asks for: errors it can't send to an app, and signing out. */
export function providerPages({ views, log }: Pick<Services, 'views' | 'log'>): ProviderPages {
  return {
    renderError: (ctx, out, error) => {
      const fault = (ctx.status ?? 500) >= 500 && out.error === 'server_error'
      const reference = fault ? randomUUID().slice(0, 8) : undefined
      if (fault) log.error({ reference, err: error }, 'the provider failed')
      const name = fault
        ? 'server'
        : out.error === 'invalid_request' && isExpired(error)
          ? 'expired'
          : out.error
      showError(ctx, views, ctx.status, known.has(name) || fault ? name : 'invalid_request', reference)
    },
    logoutSource: (ctx, form) => {
      const app = ctx.oidc.client && appName(ctx.oidc.client.clientName ?? ctx.oidc.client.clientId)
      showPage(
        ctx,
        views.page('logout', localeOf(ctx), { ...formOf(form), ...(app === undefined ? {} : { app }) }),
      )
    },
    userCodeInput: (ctx, form, _out, error) => {
      const fault = error === undefined ? {} : { message: { key: codeFault(error) } }
      showPage(ctx, views.page('device_code', localeOf(ctx), { ...formOf(form), ...fault }))
    },
    userCodeConfirm: (ctx, form, client, _device, userCode) => {
      const app = appName(client.clientName ?? client.clientId)
      showPage(ctx, views.page('device_confirm', localeOf(ctx), { ...formOf(form), app, userCode }))
    },
    deviceDone: (ctx) => {
      const app = ctx.oidc.client && appName(ctx.oidc.client.clientName ?? ctx.oidc.client.clientId)
      showPage(ctx, views.page('device_done', localeOf(ctx), app === undefined ? {} : { app }))
    },
    postLogoutSuccessSource: (ctx) => {
      const app = ctx.oidc.client && appName(ctx.oidc.client.clientName ?? ctx.oidc.client.clientId)
      showPage(ctx, views.page('logged_out', localeOf(ctx), app === undefined ? {} : { app }))
    },
  }
}

const isExpired = (error: Error): boolean => error.name === 'SessionNotFound'

/** The library hands over a whole form; ours are pages, and only need where it goes and its token. */
function formOf(form: string): { xsrf: string; action: string } {
  const xsrf = /name="xsrf" value="([^"]*)"/.exec(form)?.[1] ?? ''
  const action = /action="([^"]*)"/.exec(form)?.[1] ?? ''
  return { xsrf, action }
}

/** Why a device's code was not taken, as a message's key. */
function codeFault(error: Error & { userCode?: string }): string {
  if (error.name === 'AbortedError') return 'device_stopped'
  return error.name === 'NoCodeError' ? 'device_code_missing' : 'device_code_wrong'
}
