import type { AdapterPayload, Configuration } from 'oidc-provider'

/** What this host had before: clients, claims, an adapter over a Map that could as well be Redis, a word of its own. */
export function ownConfiguration(client: object): Configuration {
  return {
    clients: [client as never],
    adapter: CacheAdapter,
    claims: { openid: ['sub'], profile: ['name'] },
    findAccount: async (_ctx, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, name: `Employee ${sub}` }),
    }),
    renderError: (ctx, { error }) => {
      ctx.type = 'html'
      ctx.body = `<h1>Our own words for ${error}</h1>`
    },
  }
}

const cache = new Map<string, AdapterPayload>()

class CacheAdapter {
  readonly #model: string
  constructor(model: string) {
    this.#model = model
  }
  async upsert(id: string, payload: AdapterPayload) {
    cache.set(`${this.#model}:${id}`, payload)
  }
  async find(id: string) {
    return cache.get(`${this.#model}:${id}`)
  }
  async findByUid(uid: string) {
    return [...cache.values()].find((payload) => payload.kind === 'Session' && payload.uid === uid)
  }
  async findByUserCode() {
    return undefined
  }
  async consume(id: string) {
    const found = await this.find(id)
    if (found !== undefined) found.consumed = Math.floor(Date.now() / 1000)
  }
  async destroy(id: string) {
    cache.delete(`${this.#model}:${id}`)
  }
  async revokeByGrantId(grant: string) {
    for (const [key, { grantId }] of cache) if (grantId === grant) cache.delete(key)
  }
}
