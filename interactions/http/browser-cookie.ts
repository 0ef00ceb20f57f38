import type { Context } from 'koa'
import { deviceLifetime } from '../../rules/devices.ts'

/** The secret by which a browser is known again, as 256 bits in base64url. Anything else was not set by us. */
export function readBrowserCookie(ctx: Context, issuer: string): string | undefined {
  const secret = ctx.cookies.get(nameAt(issuer)) ?? ''
  return /^[\w-]{43}$/.test(secret) ? secret : undefined
}

/** Sets the cookie, or renews it: browsers keep none longer than 400 days. */
export function setBrowserCookie(ctx: Context, issuer: string, secret: string): void {
  ctx.cookies.set(nameAt(issuer), secret, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: issuer.startsWith('https:'),
    signed: false,
    overwrite: true,
    maxAge: deviceLifetime,
  })
}

// With the prefix, neither a page on a subdomain nor one on plain http can plant a secret that somebody else knows.
const nameAt = (issuer: string): string => (issuer.startsWith('https:') ? '__Host-device' : 'device')
