import type { Context } from 'koa'
import { apiScopesOf, isApiClient } from '../provider/api-resource.ts'
import type { Account } from '../rules/account.ts'
import { type ApiScope, apiResource } from '../rules/api-scopes.ts'
import { acrMultiFactor, meets } from '../rules/assurance.ts'
import { isAhead } from '../rules/lately.ts'
import { presentValidAfter } from '../rules/valid-after.ts'
import { ApiRefusal } from './problems.ts'
import type { ApiServices } from './services.ts'

/** Who asks: a program for itself, or for a person. */
export interface Caller {
  client: string
  /** As the log names it: the person's id, or the program's. */
  actor: string
  scopes: ReadonlySet<string>
  /** The only organization that it sees. */
  bound?: string | undefined
  /** Of the operator's, program or person: it sees all. */
  everywhere: boolean
  person?: Account | undefined
  /** When the person has proven a second factor: milliseconds since 1970. */
  provenAt?: number | undefined
}

/** As on the pages: looking takes a second factor of the working day, deciding one of the last five minutes. Seconds. */
const looking = 8 * 3600
const deciding = 300

type PersonalToken = InstanceType<ApiServices['provider']['AccessToken']>

/**
 * Who holds an access token (RFC 6750, in the header only). What it may do is what the operator's configuration says of
 * its client now, and no more than what was asked for with it.
 */
export async function callerOf(services: ApiServices, ctx: Context): Promise<Caller> {
  const value = /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('authorization'))?.[1]
  if (value === undefined) throw new ApiRefusal('no_token', {}, { 'WWW-Authenticate': 'Bearer' })
  const { provider, config } = services
  const token = (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value))
  // A token for another audience, or bound to a key that isn't proven here, is no bearer token of ours.
  if (
    token?.clientId === undefined ||
    !token.isValid ||
    token.aud !== apiResource(config) ||
    token.isSenderConstrained()
  )
    throw invalidToken()
  const client = await provider.Client.find(token.clientId)
  if (client === undefined || !isApiClient(client)) throw invalidToken()
  const allowed = apiScopesOf(client)
  const program = !('accountId' in token)
  // Its own token that names no scope is good for all that it is registered for (RFC 6749 §3.3).
  const scopes =
    program && token.scope === undefined ? allowed : allowed.filter((one) => token.scopes.has(one))
  const bound = typeof client.organization === 'string' ? client.organization : undefined
  const caller = { client: client.clientId, scopes: new Set(scopes), bound }
  if (program) return { ...caller, actor: `client:${client.clientId}`, everywhere: bound === undefined }
  const personal = await personOf(services, token as PersonalToken)
  return { ...caller, ...personal, everywhere: bound === undefined && personal.person.operator === true }
}

/** Whoever may not sign in any more, or has had everything reset since, is nobody here. */
async function personOf({ accounts, acrNames, clock }: ApiServices, token: PersonalToken) {
  const { acr, auth_time: authTime } = (token.extra ?? {}) as { acr?: string; auth_time?: number }
  const person = await accounts.get(token.accountId)
  if (
    person?.status !== 'active' ||
    authTime === undefined ||
    authTime < Math.floor(presentValidAfter(person.validAfter, clock()) / 1000)
  )
    throw invalidToken()
  const strong = meets(acr && acrNames.ours(acr), acrMultiFactor)
  return { person, actor: person.id, provenAt: strong ? authTime * 1000 : undefined }
}

/** Throws unless the token has the scope; a person's also has to rest on a second factor of the working day. */
export function requireScope(services: ApiServices, caller: Caller, scope: ApiScope): void {
  if (!caller.scopes.has(scope)) {
    const challenge = `Bearer error="insufficient_scope", scope="${scope}"`
    throw new ApiRefusal('insufficient_scope', {}, { 'WWW-Authenticate': challenge })
  }
  if (caller.person !== undefined) requireProof(services, caller, looking)
}

/** A decision about someone is a person's, who has proven a second factor in the last five minutes (RFC 9470). */
export function requireDecider(services: ApiServices, caller: Caller): Account {
  if (caller.person === undefined) throw new ApiRefusal('person_needed')
  requireProof(services, caller, deciding)
  return caller.person
}

function requireProof(
  { acrNames, clock }: ApiServices,
  { provenAt = -Infinity }: Caller,
  maxAge: number,
): void {
  const now = clock()
  if (now - provenAt <= maxAge * 1000 && !isAhead(provenAt, now)) return
  const challenge = `Bearer error="insufficient_user_authentication", error_description="a second factor of the last ${maxAge} seconds is needed", acr_values="${acrNames.theirs(acrMultiFactor)}", max_age="${maxAge}"`
  throw new ApiRefusal('step_up', {}, { 'WWW-Authenticate': challenge })
}

export const invalidToken = (): ApiRefusal =>
  new ApiRefusal('invalid_token', {}, { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
