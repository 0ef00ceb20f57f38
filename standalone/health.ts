import type { IncomingMessage, ServerResponse } from 'node:http'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Store } from '../adapters/store/store.ts'

export interface Health {
  /** `/livez`, `/readyz` and `/metrics`, for a port that only the operator reaches. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** From now on it is not ready: no new requests, please. */
  leave(): void
}

const setting = 'health'
/** A store that takes longer to write is of no use to anybody who waits. Milliseconds. */
const patience = 2_000
/** Messages are counted so far, as counting costs. */
const mostCounted = 10_000

/** Whether this process can do its work, and figures about it. Labels come from closed lists, never from a request. */
export function createHealth(store: Store, clock: () => number): Health {
  let leaving = false
  const registry = createRegistry(store)
  const answers: { [path: string]: () => Promise<{ status: number; type: string; body: string }> } = {
    '/livez': async () => json(200, { status: 'ok' }),
    '/readyz': async () => {
      if (leaving) return json(503, { status: 'stopping' })
      return (await isWritable(store, clock())) ? json(200, { status: 'ok' }) : json(503, { status: 'store' })
    },
    '/metrics': async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() }),
  }
  return {
    handle: (request, response) => {
      const answer =
        answers[(request.url ?? '').split('?')[0]!] ?? (async () => json(404, { status: 'not_found' }))
      answer()
        .catch(() => json(503, { status: 'store' }))
        .then(({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body))
    },
    leave: () => {
      leaving = true
    },
  }
}

const json = (status: number, value: object) => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
})

async function isWritable({ settings }: Store, now: number): Promise<boolean> {
  const written = settings.update(setting, () => [{ id: setting, value: String(now) }, true])
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), patience).unref()
  })
  return Promise.race([written.catch(() => false), late]).finally(() => clearTimeout(timer))
}

function createRegistry(store: Store): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'rekey_' })
  new Gauge({
    name: 'rekey_outbox_messages',
    help: `Messages that wait or were given up, counted up to ${mostCounted}`,
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const state of ['queued', 'dead'] as const)
        this.set({ state }, (await store.outbox.find('state', state, { limit: mostCounted })).length)
    },
  })
  new Gauge({
    name: 'rekey_outbox_oldest_timestamp_seconds',
    help: 'When the message was promised that waits longest; 0 where none waits',
    registers: [registry],
    async collect() {
      const [oldest] = await store.outbox.find('state', 'queued', { limit: 1 })
      this.set((oldest?.createdAt ?? 0) / 1000)
    },
  })
  return registry
}
