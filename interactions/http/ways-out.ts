import type { Context } from 'koa'
import { askedOf } from '../../provider/asked.ts'
import { appName } from '../../rules/plain-text.ts'
import type { WayOut } from '../../views/locals/parts.ts'
import type { Services } from '../services.ts'

export type Leading = Pick<Services, 'config' | 'store' | 'provider'>

/** Faults that the same page may be free of when it is loaded again. */
const passing = new Set([
  'forged_form',
  'bad_request',
  'too_large',
  'too_often',
  'busy',
  'unavailable',
  'server',
])

/** Pages of ours that somebody else may open. */
const ownPages = /^\/(security|administration|support|operator)(\/|$)/

/** Where to go from a page that can't be shown; the first is the best. Nobody is left with words alone. */
export async function waysFrom(services: Leading, ctx: Context, error: string): Promise<WayOut[]> {
  const app = await appOf(services, ctx).catch(() => undefined)
  return [
    ...(passing.has(error) ? [{ to: 'again', href: pageOf(ctx) } as const] : []),
    ...(error === 'forbidden' && ownPages.test(ctx.path)
      ? [{ to: 'switch', href: `/console/switch?to=${encodeURIComponent(ctx.path)}` } as const]
      : []),
    ...(app === undefined ? [] : [{ to: 'app', ...app } as const]),
    { to: 'start', href: services.config.start },
  ]
}

/** The page that a form stood on: what was posted isn't sent again. */
function pageOf(ctx: Context): string {
  const visit = /^\/interaction\/[^/]+/.exec(ctx.path)?.[0]
  if (visit !== undefined) return visit
  return ctx.method === 'POST' ? ctx.path : ctx.path + ctx.search
}

/** The app that a sign-in was for: where it says that it begins one, or has its home. */
async function appOf(
  { store, provider, config }: Leading,
  ctx: Context,
): Promise<{ app: string; href: string } | undefined> {
  const uid = /^\/(?:interaction|auth)\/([\w-]{10,64})(?:\/|$)/.exec(ctx.path)?.[1]
  const attempt = uid === undefined ? undefined : await store.attempts.get(uid)
  const id = attempt?.ask.client ?? askedOf(ctx, config.base)?.request.get('client_id')
  const client = id && (await provider.Client.find(id))
  const href = client && addressOf(client.metadata(), config.issuer)
  return href && client ? { app: appName(client.clientName ?? client.clientId), href } : undefined
}

/** OpenID Connect Core §4 begins a sign-in at `initiate_login_uri`; else the app's home, as far as it is known. */
function addressOf(
  {
    initiate_login_uri: begin,
    client_uri: home,
    redirect_uris: back = [],
  }: {
    initiate_login_uri?: string
    client_uri?: string
    redirect_uris?: readonly string[]
  },
  issuer: string,
): string | undefined {
  if (begin !== undefined && isWeb(begin)) {
    const url = new URL(begin)
    url.searchParams.set('iss', issuer)
    return url.href
  }
  if (home !== undefined && isWeb(home)) return home
  const first = back.find(isWeb)
  return first === undefined ? undefined : `${new URL(first).origin}/`
}

const isWeb = (address: string): boolean => /^https?:\/\//.test(address)

/** Whether a sign-in under way has come to its end already: the page is from before. */
export async function isFinished({ store }: Pick<Leading, 'store'>, ctx: Context): Promise<boolean> {
  const uid = /^\/(?:interaction|auth)\/([\w-]{10,64})(?:\/|$)/.exec(ctx.path)?.[1]
  const attempt = uid === undefined ? undefined : await store.attempts.get(uid).catch(() => undefined)
  return attempt?.finishedAt !== undefined
}
