import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Store } from '../adapters/store/store.ts'
import { type Disk, isLow } from './observe/disk.ts'
import type { Metrics } from './observe/metrics.ts'

export interface Health {
  /** `/livez`, `/readyz` and `/metrics`, for a port that only the operator reaches. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** From now on it is not ready: no new requests, please. */
  leave(): void
}

export interface Watched {
  store: Store
  clock: () => number
  metrics: Metrics
  /** Seconds. */
  workerLag(): number
  disk(): Promise<Disk | undefined>
}

const setting = 'health'
/** A store that takes longer to write is of no use to anybody who waits. Milliseconds. */
const patience = 2_000
/** A worker that has finished nothing for so long hangs. Seconds. */
const longestLag = 120

/** Whether this process can do its work, and figures about it. */
export function createHealth({ store, clock, metrics, workerLag, disk }: Watched): Health {
  let leaving = false
  const answers: { [path: string]: () => Promise<Answer> } = {
    '/livez': async () => json(200, { status: 'ok' }),
    '/readyz': async () => {
      if (leaving) return json(503, { status: 'stopping' })
      if (!(await isWritable(store, clock()))) return json(503, { status: 'store' })
      if (workerLag() > longestLag) return json(503, { status: 'worker' })
      const space = await disk()
      if (space === undefined || !isLow(space)) return json(200, { status: 'ok' })
      return json(200, { status: 'ok', disk: 'low', free: space.free })
    },
    '/metrics': async () => ({ status: 200, ...(await metrics.text()) }),
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

interface Answer {
  status: number
  type: string
  body: string
}

const json = (status: number, value: object): Answer => ({
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
