import type { Context } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { mountOf } from '../rules/mount.ts'

/** A night and a weekend. Milliseconds. */
export const askedLifetime = 3 * 86_400_000

/** Characters: no browser keeps a cookie of more than 4096. */
const longest = 3_500

/** What an app has asked for, as a request, and when. */
export interface AskedBefore {
  at: number
  /** `client_id` alone where it can't be asked for again. */
  request: URLSearchParams
}

/** It belongs to one page, so it can't be `__Host-`. */
const nameAt = (base: string): string => (base.startsWith('https:') ? '__Secure-asked' : 'asked')

const placeOf = (base: string, uid: string) =>
  ({
    httpOnly: true,
    sameSite: 'lax',
    secure: base.startsWith('https:'),
    path: `${mountOf({ base })}/interaction/${uid}`,
    signed: false,
  }) as const

/**
 * A sign-in is kept here for hours, and people leave its page open overnight. What the app has asked for stays in the
 * browser that brought it, for longer and for that page alone: it says nothing that a link couldn't say.
 *
 * @returns the name of the cookie.
 */
export function keepAsked(ctx: KoaContextWithOIDC, base: string, uid: string, now: number): string {
  const [name, request] = [nameAt(base), requestOf(ctx)]
  const value = request && `${now}.${encoded(request.toString())}`
  if (value !== undefined && value.length <= longest)
    ctx.cookies.set(name, value, { ...placeOf(base, uid), maxAge: askedLifetime })
  return name
}

/** Keeps something beside it for the pages, sealed by them: whose sign-in it had come to be. For as long; undefined takes that back. */
export function keepBeside(
  ctx: Context,
  base: string,
  uid: string,
  beside: string | undefined,
  now: number,
): void {
  const asked = cookieOf(ctx, base)
  if (asked === undefined) return
  const plain = `${asked.at}.${asked.request}`
  const whole = beside === undefined ? plain : `${plain}.${encoded(beside)}`
  const maxAge = Math.max(0, asked.at + askedLifetime - now)
  ctx.cookies.set(nameAt(base), whole.length <= longest ? whole : plain, { ...placeOf(base, uid), maxAge })
}

/** The sign-in has come to its end: its page leads nowhere any more. */
export function forgetAsked(ctx: KoaContextWithOIDC, base: string): void {
  const uid = ctx.oidc.entities.Interaction?.uid
  if (uid !== undefined) ctx.cookies.set(nameAt(base), null, placeOf(base, uid))
}

/** What the app had asked for that the page of this request belongs to. */
export function askedOf(ctx: Context, base: string): AskedBefore | undefined {
  const asked = cookieOf(ctx, base)
  if (asked === undefined) return undefined
  return { at: asked.at, request: new URLSearchParams(decoded(asked.request)) }
}

/** What the pages keep beside it. */
export function besideOf(ctx: Context, base: string): string | undefined {
  const beside = cookieOf(ctx, base)?.beside
  return beside && decoded(beside)
}

/** What stands in the cookie, as it is encoded there. */
function cookieOf(
  ctx: Context,
  base: string,
): { at: number; request: string; beside: string | undefined } | undefined {
  const [, at, request = '', beside] =
    /^(\d{1,15})\.([\w-]+)(?:\.([\w-]+))?$/.exec(ctx.cookies.get(nameAt(base), { signed: false }) ?? '') ?? []
  return at === undefined ? undefined : { at: Number(at), request, beside }
}

const encoded = (text: string): string => Buffer.from(text).toString('base64url')
const decoded = (text: string): string => Buffer.from(text, 'base64url').toString()

/**
 * Of what was pushed or signed only whose it is: nobody on the way could take anything out of it, and nobody shall be
 * able to. A device begins by itself.
 */
function requestOf({ oidc }: KoaContextWithOIDC): URLSearchParams | undefined {
  const { client, deviceCode, params = {} } = oidc
  const { parJti, trusted = [] } = oidc.entities.Interaction as { parJti?: string; trusted?: string[] }
  if (client === undefined || deviceCode !== undefined) return undefined
  if (parJti !== undefined || trusted.length > 0) return new URLSearchParams({ client_id: client.clientId })
  const request = new URLSearchParams()
  for (const [name, said] of Object.entries(params))
    for (const one of [said].flat()) if (typeof one === 'string') request.append(name, one)
  return request
}
