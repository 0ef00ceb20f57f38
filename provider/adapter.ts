import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider'
import type { Token } from '../adapters/store/documents.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Origin } from '../rules/attempt.ts'
import { type ToldFor, toldFor } from './app-sessions.ts'
import { beforeReply } from './before-reply.ts'
import { withPace } from './device-polls.ts'
import { payloadOf } from './payloads.ts'
import { type RefreshGrace, withRotation } from './refresh-grace.ts'
import { withExpiry, withUse } from './registration.ts'
import { createSessionAdapter } from './session-adapter.ts'
import { isOfOtherKind } from './token-ids.ts'

type Stored = { payload: string; consumed?: number }

/** Models that hang on a grant and have no index of their own; they are most of what is stored. */
const tokenModels = new Set([
  'AccessToken',
  'AuthorizationCode',
  'RefreshToken',
  'ClientCredentials',
  'ReplayDetection',
  'PushedAuthorizationRequest',
  'InitialAccessToken',
  'RegistrationAccessToken',
])

/**
 * oidc-provider's adapter over our collections, for every engine. It closes the races that the library's contract
 * leaves open: `consume` is a compare-and-set, and sessions are kept by their fixed uid (session-adapter.ts).
 *
 * @param here where the request under way comes from, if one is.
 * @param told for how long the app of that request is told of a reset.
 * @param grace how long a used refresh token may be sent again.
 */
export function createAdapterFactory(
  store: Store,
  clock: () => number,
  here: () => Origin | undefined = () => undefined,
  told: ToldFor = toldFor(30),
  grace: RefreshGrace = { seconds: 0, for: 'public' },
): AdapterFactory {
  return (model) => {
    if (model === 'Session') return createSessionAdapter(store, clock, here, told)
    if (model === 'Client') return withExpiry(artifactAdapter(model, store, clock))
    if (model === 'Grant') return withUse(artifactAdapter(model, store, clock), store, clock)
    if (model === 'RefreshToken')
      return withRotation(tokenAdapter(model, store, clock), store, clock, grace, tokenOf(model, clock))
    if (model === 'DeviceCode') return withPace(artifactAdapter(model, store, clock), store, clock)
    return tokenModels.has(model) ? tokenAdapter(model, store, clock) : artifactAdapter(model, store, clock)
  }
}

/** What a reply carries, or stands for: the next request reads it, never the one that writes it. */
const carriedByReply = new Set(['AccessToken', 'AuthorizationCode', 'Grant', 'Interaction', 'RefreshToken'])

const settled = async (model: string, write: Promise<void>): Promise<void> =>
  carriedByReply.has(model) ? beforeReply(write) : write

/** How long a sign-in is kept which nothing waits for: a little longer than an attempt lives. Milliseconds. */
export const visitLifetime = 2 * 3_600_000
const visit = visitLifetime / 1000

/**
 * The library's lifetime of a visit is that of the longest recovery case, as its cookie has to last. Whoever only looks in
 * isn't kept for that long; a sign-in that waits for a case says so (interactions/sign-in/attempts.ts).
 */
const keptFor = (model: string, expiresIn: number | undefined): number | undefined =>
  model === 'Interaction' ? Math.min(expiresIn ?? visit, visit) : expiresIn

const unused = async (): Promise<undefined> => undefined

function tokenOf(model: string, clock: () => number) {
  return (id: string, payload: AdapterPayload, expiresIn: number | undefined): Token => {
    const document = { id: `${model}:${id}`, ...stored(payload, expiresIn, clock), storedAt: clock() }
    return payload.grantId === undefined ? document : { ...document, grant: payload.grantId }
  }
}

function tokenAdapter(model: string, { tokens }: Store, clock: () => number): Adapter {
  const key = (id: string) => `${model}:${id}`
  const token = tokenOf(model, clock)
  const put = async (token: Token) => {
    try {
      await tokens.insert(token)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      await tokens.update(token.id, () => [token, undefined])
    }
  }
  return {
    upsert: async (id, payload, expiresIn) => {
      await settled(model, put(token(id, payload, expiresIn)))
    },
    find: async (id) => {
      if (isOfOtherKind(model, id)) return undefined
      const token = await tokens.get(key(id))
      if (token === undefined) return undefined
      const revoked = token.grant === undefined ? undefined : await tokens.get(`revoked:${token.grant}`)
      return revoked !== undefined && revoked.storedAt >= token.storedAt ? undefined : read(token)
    },
    consume: async (id) => {
      const at = Math.floor(clock() / 1000)
      const spent = tokens.update(key(id), (current) => consumed(current, at))
      await settled(
        model,
        spent.then((first) => refuseReplay(model, first)),
      )
    },
    destroy: (id) => tokens.remove(key(id)),
    revokeByGrantId: async (grant) => {
      const id = `revoked:${grant}`
      const expiresAt = clock() + 400 * 86_400_000
      await tokens.update(id, () => [{ id, payload: '{}', storedAt: clock(), expiresAt }, undefined])
    },
    findByUid: unused,
    findByUserCode: unused,
  }
}

function artifactAdapter(model: string, { artifacts }: Store, clock: () => number): Adapter {
  const key = (id: string) => `${model}:${id}`
  return {
    upsert: async (id, payload, expiresIn) => {
      const account = accountIn(payload)
      const document = {
        id: key(id),
        ...stored(payload, keptFor(model, expiresIn), clock),
        account,
        userCode: payload.userCode,
      }
      await settled(
        model,
        artifacts.update(document.id, () => [document, undefined]),
      )
    },
    find: async (id) => read(await artifacts.get(key(id))),
    findByUserCode: async (code) => read((await artifacts.find('userCode', code, { limit: 1 }))[0]),
    consume: async (id) => {
      const at = Math.floor(clock() / 1000)
      refuseReplay(model, await artifacts.update(key(id), (current) => consumed(current, at)))
    },
    destroy: async (id) => settled(model, artifacts.remove(key(id))),
    // Device and backchannel requests check their grant when they are redeemed, and it is gone.
    revokeByGrantId: unused,
    findByUid: unused,
  }
}

function stored(
  payload: AdapterPayload,
  expiresIn: number | undefined,
  clock: () => number,
): Stored & { expiresAt?: number } {
  const document: Stored = { payload: JSON.stringify(payload) }
  if (payload.consumed !== undefined) document.consumed = Number(payload.consumed)
  return expiresIn === undefined ? document : { ...document, expiresAt: clock() + expiresIn * 1000 }
}

function read(document: Stored | undefined): AdapterPayload | undefined {
  if (document === undefined) return undefined
  const payload = payloadOf(document)
  return document.consumed === undefined ? payload : { ...payload, consumed: document.consumed }
}

function consumed<T extends Stored>(current: T | undefined, at: number): [T | undefined, boolean] {
  if (current === undefined || current.consumed !== undefined) return [current, false]
  return [{ ...current, consumed: at }, true]
}

/** The library ignores what `consume` returns: only throwing stops the second of two simultaneous exchanges. */
function refuseReplay(model: string, first: boolean): void {
  if (first) return
  if (model === 'PushedAuthorizationRequest')
    throw new errors.InvalidRequest('the request_uri was already used')
  throw new errors.InvalidGrant(`${model} was already used`)
}

/** An interaction carries its account inside: a finished one that nobody resumed yet would make a session later. */
export function accountIn(payload: AdapterPayload): string | undefined {
  const { session, result, lastSubmission } = payload as {
    session?: { accountId?: string }
    result?: { login?: { accountId?: string } }
    lastSubmission?: { login?: { accountId?: string } }
  }
  return (
    payload.accountId ?? session?.accountId ?? result?.login?.accountId ?? lastSubmission?.login?.accountId
  )
}
