import type { Context } from 'koa'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { cookieAt, mountOf } from '../rules/mount.ts'
import { forgetAsked, keepAsked } from './asked.ts'

/** Unfinished sign-ins that a browser keeps; of each there are five cookies, and a browser has room for 180. */
const most = 5
/** How long they are kept where nobody goes on. Milliseconds. */
const kept = 12 * 3_600_000
/** How long where the person waits for a decision: longer than the longest case. */
const keptWaiting = 22 * 86_400_000

/** Marks one in the list that waits for a decision: others don't push it out. */
const waits = '~'

/**
 * Few cookies of unfinished sign-ins, and for hours: people leave sign-in pages open and begin anew, and a browser that
 * is full throws out what the app, or the person's trust in it, rests on. Which there are stands in a cookie of its own,
 * as their paths keep them from being sent to where a new one begins.
 */
export function keepFew(provider: Provider, base: string, clock: () => number): void {
  provider.on('interaction.started', (ctx: KoaContextWithOIDC) => {
    const uid = ctx.oidc.entities.Interaction?.uid
    if (uid === undefined) return
    const names = cookiesOf(provider)
    shorten(ctx, names, kept)
    const asked = keepAsked(ctx, base, uid, clock())
    const [listed, dropped] = listWith(ctx.cookies.get(listAt(base).name), uid)
    for (const old of dropped) drop(ctx, [...names, asked], uid, old)
    writeList(ctx, base, listed)
  })
  provider.on('interaction.ended', (ctx: KoaContextWithOIDC) => forgetAsked(ctx, base))
}

/** The page of this sign-in waits for days: its cookies do as well. */
export function keepWaiting(ctx: Context, provider: Provider, base: string, uid: string): void {
  const mount = mountOf({ base })
  const { name, secure } = listAt(base)
  const options = { httpOnly: true, sameSite: 'lax', secure, maxAge: keptWaiting } as const
  const [interaction, resume] = cookiesOf(provider)
  ctx.cookies.set(interaction, uid, { ...options, path: `${mount}/interaction/${uid}` })
  ctx.cookies.set(resume, uid, { ...options, path: `${mount}/auth/${uid}` })
  const listed = listOf(ctx.cookies.get(name)).filter((one) => plain(one) !== uid)
  writeList(ctx, base, [`${waits}${uid}`, ...listed])
}

const cookiesOf = (provider: Provider): [interaction: string, resume: string] => [
  provider.cookieName('interaction'),
  provider.cookieName('resume'),
]

const listAt = (base: string) => cookieAt({ base }, 'unfinished')

const listOf = (value: string | undefined): string[] =>
  (value ?? '').split('.').filter((one) => /^~?[\w-]{10,64}$/.test(one))

const plain = (listed: string): string => listed.replace(waits, '')

/** The newest first; what is too much is dropped from the end, but never what waits for a decision. */
function listWith(value: string | undefined, uid: string): [listed: string[], dropped: string[]] {
  const all = [uid, ...listOf(value).filter((one) => plain(one) !== uid)]
  const room = new Set(all.filter((one) => !one.startsWith(waits)).slice(0, most))
  const listed = all.filter((one) => one.startsWith(waits) || room.has(one)).slice(0, 2 * most)
  return [listed, all.filter((one) => !listed.includes(one)).map(plain)]
}

function writeList(ctx: Context, base: string, listed: string[]): void {
  const { name, path, secure } = listAt(base)
  const options = { httpOnly: true, sameSite: 'lax', path, secure, overwrite: true } as const
  ctx.cookies.set(name, listed.join('.'), { ...options, maxAge: keptWaiting })
}

const setCookies = (ctx: Context): string[] => [ctx.response.get('set-cookie')].flat().filter(Boolean)

const named = (cookie: string, names: string[]): boolean =>
  names.some((name) => cookie.startsWith(`${name}=`) || cookie.startsWith(`${name}.sig=`))

/** Not what takes a cookie back: that of the prompt before, in the same reply. */
const stands = (cookie: string, names: string[]): boolean => named(cookie, names) && !/^[^=]+=;/.test(cookie)

/** The library keeps its cookies as long as it keeps what they stand for. */
function shorten(ctx: Context, names: string[], milliseconds: number): void {
  const until = new Date(Date.now() + milliseconds).toUTCString()
  ctx.set(
    'set-cookie',
    setCookies(ctx).map((cookie) =>
      stands(cookie, names) ? cookie.replace(/expires=[^;]+/i, `expires=${until}`) : cookie,
    ),
  )
}

/** Takes back the cookies of another sign-in: those of this one, with the other's path and no value. */
function drop(ctx: Context, names: string[], uid: string, old: string): void {
  const gone = setCookies(ctx)
    .filter((cookie) => named(cookie, names))
    .map((cookie) =>
      cookie
        .replace(/=[^;]*/, '=')
        .replace(`/${uid}`, `/${old}`)
        .replace(/expires=[^;]+/i, 'expires=Thu, 01 Jan 1970 00:00:00 GMT'),
    )
    .filter((cookie) => cookie.includes(`/${old}`))
  ctx.append('set-cookie', gone)
}
