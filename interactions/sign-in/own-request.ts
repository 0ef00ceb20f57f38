import type { Context } from 'koa'
import { randomToken, tokenHash } from '../../adapters/secrets/key-ring.ts'
import { resume } from '../../recovery/opening.ts'
import { attemptLifetime } from '../../rules/attempt.ts'
import { cookieAt } from '../../rules/mount.ts'
import { isOpen, type RecoveryCase } from '../../rules/recovery-case.ts'
import { ownCookie } from '../http/own-cookie.ts'
import { changeAttempt } from './attempts.ts'
import type { Visit } from './step.ts'

/** Longer than the longest case. Milliseconds. */
const lifetime = 30 * 86_400_000

const cookieOf = ({ config }: Pick<Visit['services'], 'config'>) => cookieAt(config, 'request')

const secretIn = (services: Visit['services'], ctx: Context): string | undefined => {
  const value = ctx.cookies.get(cookieOf(services).name)
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
}

/** Gives this browser a secret by which it finds its own request again, in whatever sign-in; what is kept is its hash. */
export function nameRequester({ services, ctx }: Pick<Visit, 'services' | 'ctx'>): string {
  const secret = secretIn(services, ctx) ?? randomToken()
  const { name, path, secure } = cookieOf(services)
  ctx.cookies.set(name, secret, { ...ownCookie({ path, secure }), maxAge: lifetime })
  return tokenHash(secret)
}

/** Whether this very browser has asked. Anyone else who knows the password may be a stranger. */
export function hasAsked(services: Visit['services'], ctx: Context, open: RecoveryCase | undefined): boolean {
  const secret = open?.browser === undefined ? undefined : secretIn(services, ctx)
  return secret !== undefined && isOpen(open!) && tokenHash(secret) === open!.browser
}

/**
 * The browser that has asked is back with another sign-in: that one waits as well. True where something changed, and what
 * is next has to be looked at again.
 */
export async function goOnWaiting({ services, attempt, situation }: Visit): Promise<boolean> {
  const open = situation.openCase
  if (!situation.asked || open === undefined || attempt.case === open.id) return false
  const { id, expiresOn } = open
  const request = { attempt: attempt.id, origin: attempt.origin, browser: open.browser! }
  const asked = (await resume(services, id, request)) ? id : undefined
  const expiresAt = expiresOn + attemptLifetime
  await changeAttempt(services, attempt, (one) => ({
    ...one,
    case: id,
    asked,
    choice: 'recovery',
    expiresAt,
  }))
  return true
}
