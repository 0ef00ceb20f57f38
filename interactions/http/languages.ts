import type { Context } from 'koa'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Locale } from '../../rules/account.ts'
import { cookieAt } from '../../rules/mount.ts'
import type { LanguageForm } from '../../views/locals/parts.ts'
import { checkFormToken, type Fields } from './form.ts'
import { ownCookie } from './own-cookie.ts'
import { Problem } from './problem.ts'
import { languages } from './request.ts'

/** Milliseconds. */
const year = 365 * 86_400_000

/** Keeps in this browser what was chosen on the form. Undefined where that is no language of ours. */
export function keepLanguage(config: { base: string }, ctx: Context, fields: Fields): Locale | undefined {
  const wanted = languages.find((one) => one === fields.locale)
  if (wanted === undefined) return undefined
  const { name, path, secure } = cookieAt(config, 'language')
  ctx.cookies.set(name, wanted, { ...ownCookie({ path, secure }), maxAge: year })
  return wanted
}

/** The form of a page that nobody is signed in at, and that can be loaded again: it comes back to that page alone. */
export function languageFormFor(ring: KeyRing, page: string): LanguageForm {
  const back = wrapped(page)
  return { action: '/console/language', form: ring.hash(bound(back)), back }
}

/** The page to come back to, as a form carries it: an address can hold a stranger's words, and our pages repeat none. */
export const wrapped = (page: string): string => Buffer.from(page).toString('base64url')

export const pageToReturnTo = ({ back }: Fields): string | undefined =>
  back === undefined ? undefined : Buffer.from(back, 'base64url').toString()

/**
 * Nothing but the page itself is there to bind such a form to: its token proves that we made it, for the page that it
 * comes back to. That it was pressed there, and not on a page of somebody else's, is what the browser says.
 */
export function checkLanguageForm(ring: KeyRing, ctx: Context, fields: Fields): void {
  checkFormToken(fields, ring.hash(bound(fields.back ?? ''), fields.form))
  const from = ctx.get('sec-fetch-site')
  if (from !== '' && from !== 'same-origin') throw new Problem(403, 'forged_form')
}

const bound = (back: string): string => `language-form|${back}`

const offered = new WeakMap<Context['req'], { locale: Locale; form: LanguageForm }>()

/** Says that a page has a form of its own for the language, as a sign-in has, whose language is its own, too. */
export const offerLanguages = (ctx: Context, locale: Locale, form: LanguageForm): void => {
  offered.set(ctx.req, { locale, form })
}

export const offeredLanguages = (ctx: Context) => offered.get(ctx.req)
