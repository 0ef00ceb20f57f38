import type { Context, Middleware } from 'koa'
import { errors } from 'oidc-provider'
import { visitLifetime } from '../../provider/adapter.ts'
import { askedOf, besideOf, keepBeside } from '../../provider/asked.ts'
import type { Attempt } from '../../rules/attempt.ts'
import { cookieAt } from '../../rules/mount.ts'
import { readFields } from '../http/form.ts'
import { ownCookie } from '../http/own-cookie.ts'
import { seeOther } from '../http/page.ts'
import type { Services } from '../services.ts'
import type { Visit } from './step.ts'

type Needs = Pick<Services, 'config' | 'provider' | 'clock' | 'ring'>
type Sealed = Pick<Services, 'config' | 'ring'>

/** Milliseconds that the browser has to come back in. */
const wayBack = 60_000
const purpose = 'typed-before'

/** What the first page asks for and nobody has to keep to themselves, and whether the page says why it asks again. */
interface Before {
  email?: string
  keep?: string
  said?: boolean
}

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
      // The way back has no other place for it.
      const typed = typedOn(services, ctx)
      if (typed.said || typed.email !== undefined)
        ctx.cookies.set(...idleCookie(config, ring.seal(JSON.stringify(typed), purpose)))
      seeOther(ctx, `${provider.pathFor('authorization', { mountPath: '' })}?${asked.request}`)
    }
  }
}

/** What the page knows that came in the place of one that was open for too long, and what it says. */
export function fromBefore(services: Sealed, ctx: Context): Pick<Attempt, 'typed' | 'keep' | 'message'> {
  const { config, ring } = services
  const sealed = ctx.cookies.get(cookieAt(config, 'idle').name)
  if (sealed !== undefined) ctx.cookies.set(...idleCookie(config, null))
  const { email, keep, said } =
    sealed === undefined ? whoseBefore(services, ctx) : opened(ring, sealed, purpose)
  return { typed: email, keep: keep === 'yes' || undefined, message: said ? { key: 'idle' } : undefined }
}

/**
 * Whose sign-in a page is stays in the browser for as long as what the app has asked for: after a night nobody types it
 * again. "Use another account" takes it back.
 */
export function keepWhose({ services, ctx, attempt, account }: Visit): void {
  const { config, ring, clock } = services
  const { forgotten, typed, message } = attempt
  const email = account?.email ?? forgotten?.email ?? typed ?? message?.typed?.email?.slice(0, 254)
  const keep = attempt.keep === true ? 'yes' : undefined
  const before = whoseBefore(services, ctx)
  if (email === before.email && (keep === before.keep || email === undefined)) return
  const sealed = email && ring.seal(JSON.stringify({ email, keep }), whose(attempt.id))
  keepBeside(ctx, config.base, attempt.id, sealed, clock())
}

const whose = (uid: string): string => `whose-sign-in|${uid}`

function whoseBefore({ config, ring }: Sealed, ctx: Context): Before {
  const sealed = besideOf(ctx, config.base)
  return sealed === undefined ? {} : opened(ring, sealed, whose(ctx.params.uid))
}

function typedOn(services: Sealed, ctx: Context): Before {
  // Nothing was filled in by whoever says that they are somebody else.
  if (ctx.path.endsWith('/another-account')) return {}
  const known = whoseBefore(services, ctx)
  if (ctx.method !== 'POST') return known
  const { email, keep } = readFields(ctx)
  const typed = email === undefined || email.length > 254 ? known : { email, keep }
  return { ...typed, said: true }
}

/** A cookie is whatever a browser sends: one that isn't ours says nothing. */
function opened(ring: Services['ring'], sealed: string, context: string): Before {
  try {
    return JSON.parse(ring.open(sealed, context))
  } catch {
    return {}
  }
}

function idleCookie(config: Services['config'], value: string | null) {
  const { name, path, secure } = cookieAt(config, 'idle')
  return [name, value, { ...ownCookie({ path, secure }), maxAge: wayBack }] as const
}
