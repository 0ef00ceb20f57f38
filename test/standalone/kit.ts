import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLmdbStore } from '../../adapters/store/lmdb/store.ts'
import type { Store } from '../../adapters/store/store.ts'

export interface Ended {
  code: number | null
  out: string
  err: string
}

/** Runs `rekey …` as a process of its own, with nothing of Rekey in its environment but what is given. */
export async function rekeyCommand(
  words: string[],
  env: { [name: string]: string } = {},
  input = '',
): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('REKEY_'))
  const child = spawn(process.execPath, ['standalone/start.mjs', ...words], {
    cwd: new URL('../../', import.meta.url),
    env: { ...Object.fromEntries(inherited), ...env },
  })
  const ended = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.err += text
  })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, ...ended }
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
  const path = await mkdtemp(join(tmpdir(), 'rekey-'))
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
