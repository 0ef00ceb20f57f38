import type { Adapter, AdapterPayload } from 'oidc-provider'

type Kept = { payload: AdapterPayload; until?: number }

/**
 * A host's adapter, as a class and in memory, that knows nothing of Rekey: it keeps what it is given under the model and
 * the id, like a cache would. `kept` is everything in it.
 */
export function memoryAdapter(now: () => number) {
  const kept = new Map<string, Kept>()

  return class HostAdapter implements Adapter {
    static readonly kept = kept
    readonly #model: string

    constructor(model: string) {
      this.#model = model
    }

    #key(id: string): string {
      return `${this.#model}:${id}`
    }

    #read(key: string | undefined): AdapterPayload | undefined {
      const found = key === undefined ? undefined : kept.get(key)
      if (found === undefined || (found.until !== undefined && found.until <= now())) return undefined
      return structuredClone(found.payload)
    }

    #where(field: 'uid' | 'userCode', value: string): AdapterPayload | undefined {
      const found = [...kept].find(
        ([key, { payload }]) => key.startsWith(`${this.#model}:`) && payload[field] === value,
      )
      return this.#read(found?.[0])
    }

    async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
      const until = expiresIn === undefined ? undefined : now() + expiresIn * 1000
      kept.set(this.#key(id), { payload: structuredClone(payload), until })
    }

    async find(id: string) {
      return this.#read(this.#key(id))
    }

    async findByUid(uid: string) {
      return this.#where('uid', uid)
    }

    async findByUserCode(code: string) {
      return this.#where('userCode', code)
    }

    async consume(id: string) {
      const found = kept.get(this.#key(id))
      if (found !== undefined) found.payload.consumed = Math.floor(now() / 1000)
    }

    async destroy(id: string) {
      kept.delete(this.#key(id))
    }

    async revokeByGrantId(grant: string) {
      for (const [key, { payload }] of kept)
        if (payload.grantId === grant && key.startsWith(this.#key(''))) kept.delete(key)
    }
  }
}
