import type { Context } from 'koa'
import { randomToken, tokenHash } from '../../adapters/secrets/key-ring.ts'
import type { Locale } from '../../rules/account.ts'
import { cookieAt } from '../../rules/mount.ts'
import type { ProofingRun } from '../../rules/proofing-run.ts'
import { ownCookie } from './own-cookie.ts'
import { localeOf } from './request.ts'

type Asked = { config: { base: string } }

/** Milliseconds. */
const lifetime = 86_400_000

const cookieOf = ({ config }: Asked) => cookieAt(config, 'identity')

/** A name for this browser, so that an answer is known to come back to the one that began, and its language. */
export function beginnerOf(services: Asked, ctx: Context): { browser: string; locale: Locale } {
  const { name, path, secure } = cookieOf(services)
  const known = ctx.cookies.get(name)
  const browser = known !== undefined && /^[\w-]{43}$/.test(known) ? known : randomToken()
  ctx.cookies.set(name, browser, {
    ...ownCookie({ path, secure }),
    maxAge: lifetime,
  })
  return { browser, locale: localeOf(ctx) }
}

/** Whether a request comes from the browser that began. */
export function isBeginner(services: Asked, ctx: Context, run: ProofingRun): boolean {
  const value = ctx.cookies.get(cookieOf(services).name)
  return value !== undefined && tokenHash(value) === run.browser
}
