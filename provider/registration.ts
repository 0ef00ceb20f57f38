import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { type Adapter, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Store } from '../adapters/store/store.ts'
import { networkOf } from '../rules/network.ts'
import { spend } from '../rules/throttle.ts'

/** Who may register an app (RFC 7591), and on which terms. */
export interface RegistrationSetting {
  /** Whoever has it is vouched for by the operator. */
  initialAccessToken?: string | undefined
  /** Anybody may: apps on people's own machines, which nobody could register one by one. */
  open: boolean
  /** How many a network may register in an hour, where anybody may. */
  perHour: number
  /** After how many days without use one that registered itself is forgotten. */
  unusedDays: number
}

type Metadata = { [name: string]: unknown }

const { InvalidClientMetadata, InvalidToken } = errors
const hour = 3_600_000
const day = 86_400_000

/** Said by us alone: the client is one of those that anybody may register, and forgotten after so many days unused. */
export const unusedDays = 'forgotten_after_days'

/**
 * Stands before the registration endpoint where anybody may register: a token that is sent must be the right one, and
 * without one a network has its quota.
 */
export function registrationGuard(
  setting: RegistrationSetting | undefined,
  { throttles }: Pick<Store, 'throttles'>,
  clock: () => number,
): Middleware {
  return async (ctx, next) => {
    if (setting?.open !== true || ctx.method !== 'POST' || ctx.path !== '/reg') return next()
    const given = /^Bearer (.+)$/i.exec(ctx.get('authorization'))?.[1]
    if (given !== undefined) {
      if (!isSame(given, setting.initialAccessToken))
        return refuse(ctx, new InvalidToken('not an initial access token'))
    } else {
      const id = `registration:${networkOf(ctx.ip)}`
      const now = clock()
      const budget = { capacity: setting.perHour, period: hour }
      const within = await throttles.update(id, (current) => {
        const spent = spend(current?.throttle, budget, now)
        return spent === undefined ? [current, false] : [{ id, throttle: spent, expiresAt: now + hour }, true]
      })
      if (!within) return refuse(ctx, undefined)
      ctx.state.openRegistration = setting
    }
    await next()
  }
}

function refuse(ctx: Context, error: errors.OIDCProviderError | undefined): void {
  ctx.status = error === undefined ? 429 : 401
  if (error === undefined) ctx.set('Retry-After', '600')
  ctx.set('Cache-Control', 'no-store')
  ctx.body =
    error === undefined
      ? { error: 'too_many_requests', error_description: 'too many apps were registered from here' }
      : { error: error.error, error_description: error.error_description }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

const isSame = (given: string, right: string | undefined): boolean =>
  right !== undefined && timingSafeEqual(digest(given), digest(right))

/** What only the operator may say of an app. */
const vouched = ['organization', 'operator', 'actions', 'request_uris'] as const

/** What only an operator says of an app: it stays, whatever the app says of itself. */
export const operatorsAlone = [
  'organization',
  'operator',
  'allowed_organizations',
  'allowed_people',
  'previous_client_secret',
  'previous_client_secret_expires_at',
] as const

export function keepOperatorsWord(ctx: KoaContextWithOIDC, metadata: Metadata): void {
  for (const name of operatorsAlone) {
    const kept = ctx.oidc.client?.[name]
    if (kept === undefined) delete metadata[name]
    else metadata[name] = kept
  }
}

/** What an app that registers or changes itself may not say, or has to. */
export function checkSelfRegistered(ctx: KoaContextWithOIDC, metadata: Metadata): void {
  // Only the operator vouches for an app: one that registers itself always asks its people.
  metadata.require_consent = true
  keepOperatorsWord(ctx, metadata)
  const setting = (ctx as unknown as Context).state.openRegistration as RegistrationSetting | undefined
  const days = setting?.unusedDays ?? (ctx.oidc.client?.[unusedDays] as number | undefined)
  if (days === undefined) {
    delete metadata[unusedDays]
    return
  }
  metadata[unusedDays] = days
  for (const name of vouched) delete metadata[name]
  checkOpen(metadata)
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
const openGrants = new Set(['authorization_code', 'refresh_token'])
const openScopes = ['openid', 'profile', 'email', 'offline_access']

/** The terms for apps that nobody vouches for. */
function checkOpen(metadata: Metadata): void {
  const { redirect_uris: uris = [], grant_types: grants = [], response_types: types = [], scope } = metadata
  for (const uri of [uris].flat()) {
    const { protocol, hostname } = URL.canParse(String(uri)) ? new URL(String(uri)) : {}
    if (protocol === 'http:' && !loopback.has(String(hostname)))
      throw new InvalidClientMetadata('redirect_uris may be on http only for loopback addresses')
  }
  if ([grants].flat().some((grant) => !openGrants.has(String(grant))))
    throw new InvalidClientMetadata('grant_types can only contain authorization_code and refresh_token')
  if ([types].flat().some((type) => type !== 'code'))
    throw new InvalidClientMetadata('response_types can only contain code')
  if (
    scope !== undefined &&
    String(scope)
      .split(' ')
      .some((one) => !openScopes.includes(one))
  )
    throw new InvalidClientMetadata(`scope can only contain ${openScopes.join(', ')}`)
  metadata.scope = scope ?? openScopes.join(' ')
}

/** Apps that anybody may register are forgotten when nobody has used them for a while. */
export function withExpiry(adapter: Adapter): Adapter {
  return {
    ...adapter,
    upsert: (id, payload, expiresIn) => {
      const days = (payload as Metadata)[unusedDays]
      return adapter.upsert(id, payload, typeof days === 'number' ? days * (day / 1000) : expiresIn)
    },
  }
}

/** A grant shows that somebody uses the app. */
export function withUse(
  adapter: Adapter,
  { artifacts }: Pick<Store, 'artifacts'>,
  clock: () => number,
): Adapter {
  return {
    ...adapter,
    upsert: async (id, payload, expiresIn) => {
      await adapter.upsert(id, payload, expiresIn)
      const client = await artifacts.get(`Client:${payload.clientId}`)
      if (client?.expiresAt === undefined) return
      const days = Number(JSON.parse(client.payload)[unusedDays])
      const expiresAt = clock() + days * day
      await artifacts.update(client.id, (current) => [current && { ...current, expiresAt }, undefined])
    },
  }
}
