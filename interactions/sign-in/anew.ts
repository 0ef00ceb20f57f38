import type { Context, Middleware } from 'koa'
import { errors } from 'oidc-provider'
import { visitLifetime } from '../../provider/adapter.ts'
import { askedOf } from '../../provider/asked.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { cookieAt } from '../../rules/mount.ts'
import { ownCookie } from '../http/own-cookie.ts'
import { seeOther } from '../http/page.ts'
import type { Services } from '../services.ts'

type Needs = Pick<Services, 'config' | 'provider' | 'clock'>

/** Milliseconds that the browser has to come back in. */
const wayBack = 60_000

/**
 * A page that was open for so long that its sign-in isn't kept any more: what the app has asked for is asked for again,
 * and the page is shown again, ready to use. One that isn't found sooner has come to its end, and begins nothing.
 */
export function beginAnew(services: Needs): Middleware {
  const { config, provider, clock } = services
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const asked = error instanceof errors.SessionNotFound ? askedOf(ctx, config.base) : undefined
      if (asked?.request.has('response_type') !== true || clock() < asked.at + visitLifetime) throw error
      // Something was filled in that is gone: the page says why.
      if (ctx.method === 'POST') ctx.cookies.set(...idleCookie(config, '1'))
      seeOther(ctx, `${provider.pathFor('authorization', { mountPath: '' })}?${asked.request}`)
    }
  }
}

/** What the page says that came in the place of one that was open for too long. */
export function saidAnew({ config }: Pick<Services, 'config'>, ctx: Context): PageMessage | undefined {
  if (ctx.cookies.get(cookieAt(config, 'idle').name) === undefined) return undefined
  ctx.cookies.set(...idleCookie(config, null))
  return { key: 'idle' }
}

function idleCookie(config: Services['config'], value: string | null) {
  const { name, path, secure } = cookieAt(config, 'idle')
  return [name, value, { ...ownCookie({ path, secure }), maxAge: wayBack }] as const
}
