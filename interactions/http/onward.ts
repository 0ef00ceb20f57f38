import type { Context, Middleware } from 'koa'
import type { OIDCContext } from 'oidc-provider'
import { appName } from '../../rules/plain-text.ts'
import type { Onward } from '../../views/locals/parts.ts'
import type { Services } from '../services.ts'
import { contentPolicy } from './guards.ts'
import { localeOf } from './request.ts'
import { inLanguage } from './sign-out-language.ts'

/** What the library writes where a form has to be sent on: it needs script, and speaks English. */
const bare = '<title>Submitting Callback</title>'

/**
 * Ours in place of the library's bare forms: an answer to an app as a form (`response_mode=form_post`), another person
 * signing in, a device's code in an address, and signing out when nobody is signed in. They go on by themselves where
 * there is script, and by a button where there is none.
 */
export function ownForms({ views }: Pick<Services, 'views'>): Middleware {
  return async (ctx, next) => {
    await next()
    if (typeof ctx.body !== 'string' || !ctx.body.includes(bare)) return
    const { oidc } = ctx as Context & { oidc: OIDCContext }
    const wanted = oidc.params?.ui_locales ?? ctx.query.ui_locales
    const locale = localeOf(ctx, wanted)
    const { action, fields } = formOf(ctx.body)
    const form = { action: inLanguage(action, wanted), fields, why: whyOf(oidc.route, ctx.body) }
    const app = form.why === 'app' && oidc.client?.clientName ? appName(oidc.client.clientName) : undefined
    // The library has let its own script in.
    ctx.set('Content-Security-Policy', contentPolicy)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = views.page('onward', locale, { ...form, app })
  }
}

const reasons: { [route: string]: Onward['why'] } = {
  resume: 'switch',
  device_resume: 'switch',
  end_session: 'signed_out',
  code_verification: 'device',
}

/** A sign-in that comes back may be answered as a form as well: only the other leads to our own end of sessions. */
const whyOf = (route: string, html: string): Onward['why'] =>
  route.endsWith('resume') && !html.includes('/session/end/confirm"') ? 'app' : (reasons[route] ?? 'app')

/** Where the form goes, and what is in it. The library's escapes are undone, as the page makes its own. */
function formOf(html: string): { action: string; fields: { name: string; value: string }[] } {
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g)
  return {
    action: plain(/<form method="post" action="([^"]*)">/.exec(html)?.[1] ?? ''),
    fields: [...inputs].map(([, name = '', value = '']) => ({ name, value: plain(value) })),
  }
}

const escapes: { [escaped: string]: string } = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

const plain = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (one) => escapes[one]!)
