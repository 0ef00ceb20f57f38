import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { Variant } from './choices.ts'
import type { Counts } from './counting-store.ts'
import type { Usage } from './server.ts'

export interface Server {
  variant: Variant
  /** Where it listens. */
  address: string
  /** What it is known as: of two that share a store, both by the address of the first. */
  issuer: string
  /** The folder of its store. */
  data: string
  /** CPU milliseconds spent so far, by all threads. */
  cpu(): Promise<number>
  /** What the store was asked for since the start; the list of it, since the last time. */
  counts(): Promise<Counts>
  /** What it holds at the moment. */
  usage(): Promise<Usage>
  stop(): Promise<void>
}

const canPin = spawnSync('taskset', ['--version']).status === 0
export const pinning = canPin ? 'servers on core 0, load on core 1' : 'no taskset here: nothing is pinned'

/** Pins all threads of this process, so that the load doesn't take the servers' core. */
export function pinSelf(core: number): void {
  if (canPin) spawnSync('taskset', ['-acp', String(core), String(process.pid)])
}

const everyCore = `0-${cpus().length - 1}`

/** The secret of every installation here, so that two processes can be one. */
const key = randomBytes(32).toString('base64url')

/**
 * @param cores as taskset takes them; every core if left out.
 * @param beside the server whose store it shares.
 */
export async function startServer(
  variant: Variant,
  folder: string,
  cores = everyCore,
  beside?: Server,
): Promise<Server> {
  const data = beside?.data ?? join(folder, variant.replace(', ', '-'))
  const env = { ...process.env, NODE_ENV: 'production', BENCH_KEY: key, BENCH_ISSUER: beside?.issuer }
  if (variant !== 'memory' && beside === undefined) await fill(variant, data, env)
  const script = [join(import.meta.dirname, 'server.ts'), variant, data]
  const command = canPin ? ['taskset', '-c', cores, process.execPath] : [process.execPath]
  const child = spawn(command[0]!, [...command.slice(1), ...script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env,
  })
  const { address } = await answer<{ address: string }>(child)
  return {
    variant,
    address,
    issuer: beside?.issuer ?? address,
    data,
    cpu: async () => {
      child.send('cpu')
      return (await answer<{ cpu: number }>(child)).cpu
    },
    counts: async () => {
      child.send('counts')
      return answer<Counts>(child)
    },
    usage: async () => {
      child.send('usage')
      return answer<Usage>(child)
    },
    stop: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** The people are there before the server starts, as they would be. */
async function fill(variant: Variant, data: string, env: NodeJS.ProcessEnv): Promise<void> {
  const script = join(import.meta.dirname, 'fill.ts')
  const child = spawn(process.execPath, [script, variant, data], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the store for ${variant} could not be filled`)
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController()
  const exit = once(child, 'exit', { signal: gone.signal }).then(() => {
    throw new Error('a server ended by itself')
  })
  exit.catch(() => {})
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: gone.signal }), exit])
    return message as T
  } finally {
    gone.abort()
  }
}
