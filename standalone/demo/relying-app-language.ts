import type { Context } from 'koa'
import type { AppLocale } from './relying-app-texts.ts'

const cookie = 'demo-app-language'

/** What was chosen in this browser, here or on the way to a sign-in; undefined where nobody chose. */
export function chosenLanguage(ctx: Context): string | undefined {
  const { ui_locales } = ctx.query
  const kept = ctx.cookies.get(cookie)
  if (typeof ui_locales !== 'string') return kept && asOurs(kept)
  if (/^(en|ja)\b/.test(ui_locales))
    ctx.cookies.set(cookie, asOurs(ui_locales), { httpOnly: true, sameSite: 'lax', overwrite: true })
  return ui_locales
}

/** The language of a page: what was chosen, then what the browser asks for. */
export function appLocale(ctx: Context): AppLocale {
  const chosen = chosenLanguage(ctx)
  return asOurs(chosen ?? (ctx.acceptsLanguages('en', 'ja') || 'en'))
}

/** Cookies and queries are whatever a stranger wrote. */
const asOurs = (locales: string): AppLocale => (/^ja\b/.test(locales) ? 'ja' : 'en')
