import type { Context, Middleware } from 'koa'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import { consoleClientId } from '../../provider/own-client.ts'
import { isSuperAdmin } from '../../rules/membership.ts'
import { mountOf } from '../../rules/mount.ts'
import { appName } from '../../rules/plain-text.ts'
import { withFrame, withLanguages } from '../../views/frame.ts'
import type { Frame, Room } from '../../views/locals/parts.ts'
import { languageFormFor, offeredLanguages, wrapped } from '../http/languages.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'

const sessions = new WeakMap<Context['req'], ConsoleSession>()

/** Who is signed in at our own pages, for the frame around what this request shows. */
export const remember = (ctx: Context, session: ConsoleSession): void => {
  sessions.set(ctx.req, session)
}

/**
 * Puts the way to the other pages, out, and back to the app around whatever page is shown to someone who is signed in at
 * ours, and on any other the choice of a language: in one place, so that no page can be without.
 */
export function framed(services: Services): Middleware {
  return async (ctx, next) => {
    await next()
    // What leads on to another address says so in HTML as well, and nobody reads it.
    if (ctx.type !== 'text/html' || typeof ctx.body !== 'string' || ctx.res.hasHeader('location')) return
    const session = sessions.get(ctx.req)
    ctx.body =
      session === undefined
        ? withLanguages(ctx.body, languagesFor(services, ctx))
        : withFrame(ctx.body, services.views.frame(localeOf(ctx), await frameFor(services, ctx, session)))
  }
}

/** Only what can be loaded again is said in another language: what a form has led to is gone by then. */
function languagesFor({ views, ring }: Services, ctx: Context): string {
  const { locale, form } = offeredLanguages(ctx) ?? {
    locale: localeOf(ctx),
    form: ctx.method === 'GET' ? languageFormFor(ring, ctx.url) : undefined,
  }
  return form === undefined ? '' : views.languages(locale, form)
}

async function frameFor(services: Services, ctx: Context, session: ConsoleSession): Promise<Frame> {
  const [places, back] = await Promise.all([placesOf(services, session), appOf(services, session)])
  return {
    here: places.find((place) => ctx.path === `/${place}` || ctx.path.startsWith(`/${place}/`)),
    places,
    form: session.form,
    // After a form there is nothing to load again but its page.
    current: wrapped(ctx.method === 'GET' ? ctx.url : ctx.path),
    back,
  }
}

/** Where this person has something to do, at this moment; nobody else is told that there is anything. */
async function placesOf(services: Services, { account: id }: ConsoleSession): Promise<Room[]> {
  const { store, accounts, places } = services
  const [account, memberships] = await Promise.all([accounts.get(id), store.memberships.find('account', id)])
  const may: { [P in Room]: boolean } = {
    security: true,
    administration: memberships.some(isSuperAdmin),
    support: account?.supportAgent === true,
    operator: account?.operator === true,
  }
  return (Object.keys(may) as Room[]).filter((place) => may[place] && places.has(place))
}

/** The app that the person came from, as far as it has told us where it is; else wherever the operator sends people. */
async function appOf(services: Services, session: ConsoleSession): Promise<Frame['back']> {
  const { store, provider, config } = services
  const used = await store.appSessions.find('account', session.account, { limit: 50 })
  const here = used.filter(
    ({ id, client, ended }) =>
      ended === undefined && client !== consoleClientId && id.startsWith(`${session.providerSession}:`),
  )
  for (const { client: id } of here.sort((a, b) => b.expiresAt - a.expiresAt)) {
    const client = await provider.Client.find(id)
    const href = addressOf(client?.initiateLoginUri) ?? addressOf(client?.clientUri)
    if (client !== undefined && href !== undefined)
      return { name: appName(client.clientName ?? client.clientId), href }
  }
  const elsewhere = !config.start.startsWith(config.base)
  return elsewhere ? { href: config.start } : undefined
}

/** Only what a browser goes to by https, or by http on the way to the developer's own machine. */
const addressOf = (text: unknown): string | undefined =>
  typeof text === 'string' && /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined

/** A path of ours, as a form sent it: anything else leads to the beginning. */
export function ownPath(config: { base: string }, text: string | undefined): string {
  const known = text !== undefined && /^\/(?![/\\])/.test(text) && text.length < 2_000
  const url = known && URL.canParse(text, config.base) ? new URL(text, config.base) : undefined
  const mount = mountOf(config)
  if (url === undefined || url.origin !== new URL(config.base).origin) return '/security'
  const path = url.pathname.startsWith(`${mount}/`) ? url.pathname.slice(mount.length) : url.pathname
  return path + url.search
}
