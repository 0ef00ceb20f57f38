import { openPostgresStore } from '../../adapters/store/postgres/store.ts'
import { artifact } from './subject.ts'

/** A process of its own on a PostgreSQL store, for postgres.test.ts. It prints a line for every acknowledged write. */
const [task, uri, name] = process.argv.slice(2) as ['replace' | 'write', string, string]
const store = await openPostgresStore({ uri, clock: Date.now })

async function replace(): Promise<void> {
  await store.settings.remove(name)
  await store.settings.insert({ id: name, value: 'new' })
}

async function write(): Promise<void> {
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (;;) {
        const token = artifact({ account: name })
        await store.artifacts.insert(token)
        await store.artifacts.update(token.id, (one) => [{ ...one!, userCode: token.id }, undefined])
        process.stdout.write(`${token.id}\n`)
      }
    }),
  )
}

await { replace, write }[task]()
await store.close()
