import Bowser from 'bowser'
import type { Context } from 'koa'
import type { Locale } from '../../rules/account.ts'
import type { Origin } from '../../rules/attempt.ts'
import { localeTags, tagFor } from '../../rules/locale.ts'
import { remembered } from '../../rules/remembered.ts'

export const languages: readonly Locale[] = localeTags

/**
 * The language of a page: the app's `ui_locales` (OpenID Connect Core §3.1.2.1), then what was chosen in this browser,
 * then what the browser asks for, then English.
 */
export function localeOf(ctx: Context, uiLocales?: unknown): Locale {
  const wanted = typeof uiLocales === 'string' ? uiLocales.split(' ') : []
  const named = wanted.map(tagFor).find((tag) => tag !== undefined)
  return (
    named ??
    chosen(ctx) ??
    accepted(ctx)
      .map(tagFor)
      .find((tag) => tag !== undefined) ??
    'en'
  )
}

// Read from the header: a request whose connection is gone has no jar of cookies any more, and its page a language.
const chosen = (ctx: Context): Locale | undefined => {
  const [, name] = /(?:^|;\s*)(?:__Host-|__Secure-)?language=([\w-]+)/.exec(ctx.get('cookie')) ?? []
  return languages.find((one) => one === name)
}

/** What the browser's reader reads, the dearest first. */
const accepted = (ctx: Context): string[] => ctx.acceptsLanguages()

/** The country that the browser names with a language, as `GB` of `en-GB`: the reader's own, where one is named. */
export function countryOf(ctx: Context, locale: Locale): string | undefined {
  const [language] = locale.split('-')
  const named = accepted(ctx).map((tag) => /^([a-z]{2,3})(?:-[a-z]{4})?-([a-z]{2})$/i.exec(tag))
  return named.find((tag) => tag?.[1]?.toLowerCase() === language)?.[2]?.toUpperCase()
}

/** A User-Agent is whatever a stranger wrote: what is shown of it comes from these lists alone. */
const browsers = new Set(Object.values(Bowser.BROWSER_MAP))
const systems = new Set(Object.values(Bowser.OS_MAP))

const known = (names: Set<string>, name = ''): string => (names.has(name) ? name : '')

/** From where someone is acting, in words people know: for notices and for those who decide. */
export function originOf(ctx: Context): Origin {
  const agent = ctx.get('user-agent').slice(0, 400)
  return { address: ctx.ip.replace(/^::ffff:/, ''), ...agentOf(agent) }
}

const mostAgents = 500

/** Many people have the very same browser, and reading what it says takes longer than all else of `originOf`. */
const agentOf = remembered((agent): Pick<Origin, 'browser' | 'system'> => {
  const parsed = agent === '' ? undefined : Bowser.parse(agent)
  return { browser: known(browsers, parsed?.browser.name), system: known(systems, parsed?.os.name) }
}, mostAgents)
