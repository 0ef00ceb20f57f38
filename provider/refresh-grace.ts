import type { Context, Middleware } from 'koa'
import { type Adapter, type Client, type KoaContextWithOIDC, Provider } from 'oidc-provider'
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

/** Requests in which it is being found out whether the successor that they have made is the first. */
const noting = new WeakMap<object, Promise<void>>()

/**
 * A refresh token that is sent twice within the grace gets the same successor, as long as that one wasn't used: the
 * answer was lost. There is one chain of tokens at any time, so whoever has stolen one can't branch off; later, or once
 * the successor was used, it is a replay that ends the grant (RFC 9700 §4.14.2).
 */
export function withGrace(
  adapter: Adapter,
  { tokens }: Pick<Store, 'tokens'>,
  clock: () => number,
  grace: RefreshGrace,
): Adapter {
  const key = (id: string) => `RefreshToken:${id}`
  const repeated = async (id: string): Promise<boolean> => {
    const token = await tokens.get(key(id))
    if (token === undefined || !isRecent(token, clock(), grace.seconds)) return false
    const successor = token.successor && (await tokens.get(key(token.successor)))
    return successor === undefined || successor === '' || successor.consumed === undefined
  }
  const note = async (ctx: object, before: string, id: string): Promise<void> => {
    const successor = await tokens.update(key(before), (current) => succeeded(current, id))
    if (successor === undefined || successor === id) return
    await tokens.remove(key(id))
    repeats.set(ctx, { successor })
  }
  return {
    ...adapter,
    find: async (id) => {
      const found = await adapter.find(id)
      const ctx = redeeming(grace)
      if (found === undefined || !found.consumed || ctx === undefined || !(await repeated(id))) return found
      repeats.set(ctx, {})
      return { ...found, consumed: undefined }
    },
    consume: async (id) => {
      const ctx = redeeming(grace)
      if (ctx !== undefined && repeats.has(ctx)) return
      try {
        await adapter.consume(id)
      } catch (error) {
        // Two at once: the second has read it before the first had used it.
        if (ctx === undefined || !(await repeated(id))) throw error
        repeats.set(ctx, {})
      }
    },
    upsert: async (id, payload, expiresIn) => {
      await adapter.upsert(id, payload, expiresIn)
      const ctx = redeeming(grace)
      const before = ctx?.oidc.entities.RotatedRefreshToken?.jti
      if (ctx === undefined || before === undefined) return
      noting.set(ctx, note(ctx, before, id))
      await beforeReply(noting.get(ctx)!)
    },
  }
}

const isRecent = ({ consumed }: Token, now: number, seconds: number): boolean =>
  consumed !== undefined && now / 1000 - consumed <= seconds

/** The first successor that is noted is the only one. */
function succeeded(current: Token | undefined, id: string): [Token | undefined, string | undefined] {
  if (current === undefined) return [current, undefined]
  return current.successor === undefined ? [{ ...current, successor: id }, id] : [current, current.successor]
}

/** The request to the token endpoint that is under way, of an app that has a grace. */
function redeeming({ seconds, for: whom }: RefreshGrace): KoaContextWithOIDC | undefined {
  const ctx = Provider.ctx as KoaContextWithOIDC | undefined
  if (seconds === 0 || ctx?.oidc?.route !== 'token') return undefined
  const client: Client | undefined = ctx.oidc.client
  return whom === 'all' || client?.clientAuthMethod === 'none' ? ctx : undefined
}

/** Puts the first successor into the answer, in place of the one that the library has made. */
export const sameSuccessor: Middleware = async (ctx: Context, next) => {
  await next()
  await noting.get(ctx)
  const successor = repeats.get(ctx)?.successor
  const body = ctx.body as { refresh_token?: string } | undefined
  if (successor !== undefined && typeof body?.refresh_token === 'string')
    ctx.body = { ...body, refresh_token: successor }
}
