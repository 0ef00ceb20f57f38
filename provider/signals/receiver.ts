import type { Context } from 'koa'
import { Fault } from './fault.ts'
import type { QueueServices } from './queue.ts'

/** CAEP interoperability profile §2.7.2. */
export type Scope = 'ssf.manage' | 'ssf.read'

/**
 * The relying app that a request comes from, by its access token (RFC 6750, in the header only). Streams belong to an
 * app as a whole, so only a token of its own counts (client credentials): one that a person's sign-in gave it could be
 * in anybody's browser. What the app may do is what the operator's configuration says now: an app that registered
 * itself gives itself nothing.
 */
export async function receiverOf(
  { config, provider }: Pick<QueueServices, 'config' | 'provider'>,
  ctx: Context,
  ...sufficient: Scope[]
): Promise<string> {
  const value = /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('authorization'))?.[1]
  if (value === undefined) throw unauthorized()
  const token = await provider().ClientCredentials.find(value)
  // A token for another audience, or bound to a key that isn't proven here, is no bearer token of ours.
  if (
    token?.clientId === undefined ||
    !token.isValid ||
    token.aud !== undefined ||
    token.isSenderConstrained()
  )
    throw unauthorized('invalid_token')
  const client = config.clients.find((one) => one.client_id === token.clientId)
  if (client === undefined) throw unauthorized('invalid_token')
  const allowed = new Set(typeof client.scope === 'string' ? client.scope.split(' ') : [])
  if (!sufficient.some((scope) => token.scopes.has(scope) && allowed.has(scope)))
    throw insufficient(sufficient)
  return client.client_id
}

function unauthorized(error?: string): Fault {
  const challenge = error === undefined ? 'Bearer' : `Bearer error="${error}"`
  return new Fault(401, error ?? 'authentication_failed', 'a valid access token is needed', {
    'WWW-Authenticate': challenge,
  })
}

function insufficient(sufficient: Scope[]): Fault {
  return new Fault(403, 'access_denied', `the access token needs ${sufficient.join(' or ')}`, {
    'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${sufficient[0]}"`,
  })
}
