import type { Context, Middleware } from 'koa'
import {
  type Adapter,
  type AdapterPayload,
  type Client,
  errors,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'
import type { Token } from '../adapters/store/documents.ts'
import type { Store } from '../adapters/store/store.ts'
import { beforeReply } from './before-reply.ts'

/** How long a refresh token that was used may be sent again, because the answer was lost on the way. */
export interface RefreshGrace {
  /** 0 for not at all. */
  seconds: number
  /** Apps without a secret are the ones on phones and in browsers, and the ones whose tokens always rotate. */
  for: 'public' | 'all'
}

/** Requests that sent a used refresh token again, and the successor that they are answered with. */
const repeats = new WeakMap<object, { successor?: string }>()

/** Requests that have a refresh token to spend, together with storing the one that takes its place. */
const spending = new WeakMap<object, string>()

/**
 * A refresh token is spent by the write that names its successor, of which there is one: so there is one chain of tokens
 * at any time, and whoever has stolen one can't branch off. Sent again within the grace it gets the same successor, as
 * long as that one wasn't used: the answer was lost. Later, or once the successor was used, it is a replay that ends the
 * grant (RFC 9700 §4.14.2).
 *
 * @param tokenOf what is stored of a refresh token.
 */
export function withRotation(
  adapter: Adapter,
  { tokens }: Pick<Store, 'tokens'>,
  clock: () => number,
  grace: RefreshGrace,
  tokenOf: (id: string, payload: AdapterPayload, expiresIn: number | undefined) => Token,
): Adapter {
  const key = (id: string) => `RefreshToken:${id}`
  const mayRepeat = async (ctx: KoaContextWithOIDC, token: Token | undefined): Promise<boolean> => {
    if (token === undefined || !hasGrace(ctx, grace) || !isRecent(token, clock(), grace.seconds)) return false
    if (token.successor === undefined) return true
    return (await tokens.get(key(token.successor)))?.consumed === undefined
  }
  /** Stores the successor, and with it that the token is spent. */
  const rotate = async (ctx: KoaContextWithOIDC, before: string, id: string, next: Token): Promise<void> => {
    const at = Math.floor(clock() / 1000)
    const again = repeats.has(ctx)
    const { first, token } = await tokens.update(
      key(before),
      (current) => succeeded(current, id, at, again),
      [next],
    )
    if (first) return
    await tokens.remove(next.id)
    // Two at once: the second has read it before the first had spent it.
    if (token?.successor === undefined || !(again || (await mayRepeat(ctx, token))))
      throw new errors.InvalidGrant('RefreshToken was already used')
    repeats.set(ctx, { successor: token.successor })
  }
  return {
    ...adapter,
    find: async (id) => {
      const found = await adapter.find(id)
      const ctx = redeeming()
      if (!found?.consumed || ctx === undefined || !(await mayRepeat(ctx, await tokens.get(key(id)))))
        return found
      repeats.set(ctx, {})
      return { ...found, consumed: undefined }
    },
    consume: async (id) => {
      const ctx = redeeming()
      if (ctx === undefined) return adapter.consume(id)
      spending.set(ctx, id)
    },
    upsert: async (id, payload, expiresIn) => {
      const ctx = redeeming()
      const before = ctx && spending.get(ctx)
      if (before === undefined) return adapter.upsert(id, payload, expiresIn)
      await beforeReply(rotate(ctx!, before, id, tokenOf(id, payload, expiresIn)))
    },
  }
}

const isRecent = ({ consumed }: Token, now: number, seconds: number): boolean =>
  consumed !== undefined && now / 1000 - consumed <= seconds

type Succession = { first: boolean; token: Token | undefined }

/**
 * The first successor is the only one.
 *
 * @param again whether the token may be spent already: a release before this one did that without a successor.
 */
function succeeded(
  current: Token | undefined,
  id: string,
  at: number,
  again: boolean,
): [Token | undefined, Succession] {
  if (current === undefined || current.successor !== undefined || (current.consumed !== undefined && !again))
    return [current, { first: false, token: current }]
  return [
    { ...current, consumed: current.consumed ?? at, successor: id },
    { first: true, token: current },
  ]
}

/** The request to the token endpoint that is under way, if one is. */
function redeeming(): KoaContextWithOIDC | undefined {
  const ctx = Provider.ctx as KoaContextWithOIDC | undefined
  return ctx?.oidc?.route === 'token' ? ctx : undefined
}

function hasGrace({ oidc }: KoaContextWithOIDC, { seconds, for: whom }: RefreshGrace): boolean {
  const client: Client | undefined = oidc.client
  return seconds > 0 && (whom === 'all' || client?.clientAuthMethod === 'none')
}

/** Puts the first successor into the answer, in place of the one that the library has made. Around what waits for writes. */
export const sameSuccessor: Middleware = async (ctx: Context, next) => {
  await next()
  const successor = repeats.get(ctx)?.successor
  const body = ctx.body as { refresh_token?: string } | undefined
  if (successor !== undefined && typeof body?.refresh_token === 'string')
    ctx.body = { ...body, refresh_token: successor }
}
