import type { Context, Middleware } from 'koa'
import { errors } from 'oidc-provider'
import { visitLifetime } from '../../provider/adapter.ts'
import { askedOf } from '../../provider/asked.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { cookieAt } from '../../rules/mount.ts'
import { type Fields, readFields } from '../http/form.ts'
import { ownCookie } from '../http/own-cookie.ts'
import { seeOther } from '../http/page.ts'
import type { Services } from '../services.ts'

type Needs = Pick<Services, 'config' | 'provider' | 'clock' | 'ring'>

/** Milliseconds that the browser has to come back in. */
const wayBack = 60_000
const purpose = 'typed-before'

/**
 * A page that was open for so long that its sign-in isn't kept any more: what the app has asked for is asked for again,
 * and the page is shown again, ready to use. One that isn't found sooner has come to its end, and begins nothing.
 */
export function beginAnew(services: Needs): Middleware {
  const { config, provider, clock, ring } = services
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const asked = error instanceof errors.SessionNotFound ? askedOf(ctx, config.base) : undefined
      if (asked?.request.has('response_type') !== true || clock() < asked.at + visitLifetime) throw error
      // Something was filled in: the page says why it is asked for again, and what of it is still here.
      if (ctx.method === 'POST') ctx.cookies.set(...idleCookie(config, sealTyped(ring, readFields(ctx))))
      seeOther(ctx, `${provider.pathFor('authorization', { mountPath: '' })}?${asked.request}`)
    }
  }
}

/** What the page says that came in the place of one that was open for too long. */
export function saidAnew(
  { config, ring }: Pick<Services, 'config' | 'ring'>,
  ctx: Context,
): PageMessage | undefined {
  const sealed = ctx.cookies.get(cookieAt(config, 'idle').name)
  if (sealed === undefined) return undefined
  ctx.cookies.set(...idleCookie(config, null))
  return { key: 'idle', typed: openTyped(ring, sealed) }
}

/** What the first page asks for and nobody has to keep to themselves: the way back has no other place for it. */
function sealTyped(ring: Needs['ring'], { email, keep }: Fields): string {
  const typed = email === undefined || email.length > 254 ? undefined : { email, keep }
  return ring.seal(JSON.stringify({ typed }), purpose)
}

function openTyped(ring: Needs['ring'], sealed: string): PageMessage['typed'] {
  try {
    return JSON.parse(ring.open(sealed, purpose)).typed
  } catch {
    return undefined
  }
}

function idleCookie(config: Services['config'], value: string | null) {
  const { name, path, secure } = cookieAt(config, 'idle')
  return [name, value, { ...ownCookie({ path, secure }), maxAge: wayBack }] as const
}
