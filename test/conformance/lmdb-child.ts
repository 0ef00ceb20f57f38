import { openLmdbStore } from '../../adapters/store/lmdb/store.ts'
import { artifact } from './subject.ts'

/**
 * A process of its own on an LMDB store, for lmdb-processes.test.ts. It prints a line for every write that was
 * acknowledged; on Linux a write to a pipe is done when it returns, so SIGKILL loses none of the lines.
 */
const [task, path, name] = process.argv.slice(2) as [
  'count' | 'write' | 'insert' | 'change' | 'remove',
  string,
  string,
]
const store = openLmdbStore({ path, clock: Date.now })

async function count(): Promise<void> {
  for (let i = 0; i < 200; i++) {
    await store.settings.update(name, (one) => [
      { id: name, value: `${Number(one?.value ?? 0) + 1}` },
      undefined,
    ])
  }
}

/** Inserts and updates until it is killed or told to stop, sixteen at a time. */
async function write(): Promise<void> {
  let stopped = false
  process.stdin.once('data', () => {
    stopped = true
  })
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (!stopped) {
        const token = artifact({ account: name })
        await store.artifacts.insert(token)
        process.stdout.write(`inserted ${token.id}\n`)
        await store.artifacts.update(token.id, (one) => [{ ...one!, userCode: token.id }, undefined])
        process.stdout.write(`updated ${token.id}\n`)
      }
    }),
  )
  process.stdin.unref()
}

async function insert(): Promise<void> {
  await store.settings.insert({ id: name, value: 'from another process' })
}

function change(): Promise<void> {
  return store.settings.update(name, () => [{ id: name, value: 'changed by another process' }, undefined])
}

function remove(): Promise<void> {
  return store.settings.remove(name)
}

await { count, write, insert, change, remove }[task]()
await store.close()
