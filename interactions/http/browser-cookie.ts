import type { Context } from 'koa'
import { browserLifetime } from '../../rules/browsers.ts'
import { cookieAt } from '../../rules/mount.ts'
import { ownCookie } from './own-cookie.ts'

type Settings = { base: string }

/** The secret by which a browser is known again, as 256 bits in base64url. Anything else was not set by us. */
export function readBrowserCookie(ctx: Context, settings: Settings): string | undefined {
  const secret = ctx.cookies.get(cookieOf(settings).name) ?? ''
  return /^[\w-]{43}$/.test(secret) ? secret : undefined
}

/** Sets the cookie, or renews it: browsers keep none longer than 400 days. */
export function setBrowserCookie(ctx: Context, settings: Settings, secret: string): void {
  const { name, path, secure } = cookieOf(settings)
  ctx.cookies.set(name, secret, {
    ...ownCookie({ path, secure }),
    maxAge: browserLifetime,
  })
}

const cookieOf = (settings: Settings) => cookieAt(settings, 'device')
