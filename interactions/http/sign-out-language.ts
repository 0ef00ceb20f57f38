import type { Middleware } from 'koa'

/** Where the library takes a sign-out, and where it ends when the app has no page for that. */
const confirm = '/session/end/confirm'
const success = '/session/end/success'

/** The form of a sign-out, which remembers the language that the app asked for: its end comes in a request of its own. */
export function inLanguage(action: string, uiLocales: unknown): string {
  if (typeof uiLocales !== 'string' || !action.endsWith(confirm)) return action
  return `${action}?${new URLSearchParams({ ui_locales: uiLocales })}`
}

export const signOutLanguage: Middleware = async (ctx, next) => {
  if (ctx.path !== confirm) return next()
  await next()
  const { ui_locales: wanted } = ctx.query
  const location = ctx.response.get('location')
  if (typeof wanted !== 'string' || !location.split('?')[0]!.endsWith(success)) return
  const language = new URLSearchParams({ ui_locales: wanted })
  ctx.set('Location', `${location}${location.includes('?') ? '&' : '?'}${language}`)
}
