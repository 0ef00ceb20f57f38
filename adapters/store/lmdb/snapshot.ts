import { setImmediate } from 'node:timers/promises'
import type { RootDatabase, Transaction } from 'lmdb'
import type { Document } from '../port.ts'
import type { Snapshot } from '../store.ts'
import type { Table } from './table.ts'

const pageSize = 500

/** A read transaction of its own: pages that are freed meanwhile are used again only when it is closed. */
export function lmdbSnapshot(
  env: RootDatabase,
  tables: ReadonlyMap<string, Table<Document>>,
  clock: () => number,
): Snapshot {
  // The library's own may have begun before the last commit of another process.
  env.resetReadTxn()
  const transaction = env.useReadTransaction()
  const now = clock()
  return {
    pages: (collection) => pages(tables.get(collection)!, transaction, now) as never,
    close: async () => transaction.done(),
  }
}

async function* pages(table: Table<Document>, transaction: Transaction, now: number) {
  let after: string | undefined
  let page: Document[]
  do {
    page = []
    for (const document of table.walk(after, transaction)) {
      after = document.id
      if (document.expiresAt === undefined || document.expiresAt > now) page.push(document)
      if (page.length === pageSize) break
    }
    yield page
    // Whatever else this process does gets its turn.
    await setImmediate()
  } while (page.length === pageSize)
}
