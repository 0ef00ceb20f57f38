import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openLmdbStore } from '../../adapters/store/lmdb/store.ts'
import type { Store } from '../../adapters/store/store.ts'
import { runProgram } from '../../standalone/program.ts'
import { storeFolder } from '../support/folders.ts'

export interface Ended {
  code: number | null
  out: string
  err: string
}

type Environment = { [name: string]: string | undefined }

/** The environment of a test, with nothing of Rekey in it but what is given. */
const environment = (env: Environment): Environment => {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('REKEY_'))
  return { ...Object.fromEntries(inherited), ...env }
}

/** Runs `rekey …` as a process of its own. */
export async function rekeyProcess(words: string[], env: Environment = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['standalone/start.mjs', ...words], {
    cwd: new URL('../../', import.meta.url),
    env: environment(env),
  })
  const ended = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.err += text
  })
  child.stdin.end()
  const [code] = await once(child, 'close')
  return { code, ...ended }
}

/** What a command that ends by itself may leave behind in a process that goes on. */
const listened = ['SIGINT', 'SIGTERM', 'warning'] as const

/** The same in this process, which saves reading the whole program each time: one at a time, and nothing that asks. */
export async function rekeyCommand(
  words: string[],
  env: Environment = {},
  heard: (err: string) => void = () => {},
): Promise<Ended> {
  const { env: ownEnv, exitCode, stdout, stderr } = process
  const streams = [stdout, stderr] as const
  const before = streams.map(({ write, isTTY }) => ({ write, isTTY }))
  const listening = listened.map((event) => process.listeners(event as 'SIGINT'))
  const ended = { out: '', err: '' }
  const into = (stream: keyof typeof ended) => (text: string) => {
    ended[stream] += text
    if (stream === 'err') heard(ended.err)
    return true
  }
  process.env = environment(env)
  process.exitCode = undefined
  // As where a program reads along: nobody watches.
  Object.assign(stdout, { write: into('out'), isTTY: undefined })
  Object.assign(stderr, { write: into('err'), isTTY: undefined })
  try {
    await runProgram(['node', 'rekey', ...words])
    return { code: Number(process.exitCode ?? 0), ...ended }
  } finally {
    Object.assign(process, { env: ownEnv, exitCode })
    for (const [at, stream] of streams.entries()) Object.assign(stream, before[at])
    for (const [at, event] of listened.entries())
      for (const one of process.listeners(event as 'SIGINT'))
        if (!listening[at]!.includes(one)) process.off(event, one)
  }
}

export interface Folder {
  path: string
  data: string
  /** Writes a file and returns its path. */
  file(name: string, content: string | Buffer): Promise<string>
  /** Opens the store for the time of a call: what a command has written. */
  store<R>(use: (store: Store) => Promise<R>): Promise<R>
  remove(): Promise<void>
}

export async function folder(): Promise<Folder> {
  const path = await storeFolder()
  const data = join(path, 'data')
  return {
    path,
    data,
    file: async (name, content) => {
      await writeFile(join(path, name), content)
      return join(path, name)
    },
    store: async (use) => {
      const store = openLmdbStore({ path: data, clock: Date.now })
      try {
        return await use(store)
      } finally {
        await store.close()
      }
    },
    remove: () => rm(path, { recursive: true }),
  }
}

export const freshKey = (): string => randomBytes(32).toString('base64url')

/** Settings in which nothing is wrong. */
export function soundSettings(data: string, more: object = {}): { [setting: string]: unknown } {
  return {
    issuer: 'http://localhost:3000',
    data,
    keys: [{ id: 'first', key: freshKey() }],
    mail: { url: 'smtp://127.0.0.1:2525', from: 'Example <id@example.com>' },
    ...more,
  }
}
