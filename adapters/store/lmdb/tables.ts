import type { Database, RootDatabase } from 'lmdb'
import { type Declared, type Document, StoreFault } from '../port.ts'
import type { Reads } from './reads.ts'
import { Table } from './table.ts'

/** Which indexes hold all documents, by name, and what they were about then. */
type Complete = Database<string, string>

/**
 * Opens the tables of all collections, in one commit. An index that is declared anew, or otherwise than before, is
 * filled with what is stored.
 */
export function openTables(env: RootDatabase, declared: Declared, now: number, reads: Reads) {
  refuseOthers(env, declared)
  return env.transactionSync(() => {
    const complete: Complete = env.openDB({ name: 'indexes', encoding: 'string' })
    return Object.entries(declared).map(([name, indexes]) => {
      const table = new Table<Document>(env, name, indexes, reads)
      const missing = Object.entries(indexes).filter(
        ([index, about]) => complete.get(`${name}.${index}`) !== JSON.stringify(about),
      )
      if (missing.length > 0) table.fill(new Set(missing.map(([index]) => index)), now)
      for (const [index, about] of missing) complete.putSync(`${name}.${index}`, JSON.stringify(about))
      return { name, table }
    })
  })
}

/** What another program keeps in LMDB isn't touched. */
function refuseOthers(env: RootDatabase, declared: Declared): void {
  const there = [...env.getKeys()].map(String)
  if (there.length > 0 && !there.some((name) => name in declared))
    throw new StoreFault('The folder holds the data of another program. Name another folder.')
}
