import { join } from 'node:path'
import { open } from 'lmdb'
import { startServer } from './servers.ts'
import { Visitor } from './visitor.ts'

/** What one operation costs the store. */
export interface Cost {
  reads: number
  writes: number
  /** Commits that reached the disk: writes that are waited for together share one. */
  commits: number
}

export interface Operation {
  name: string
  /** The most commits that it may take. */
  aim?: number
  prepare(visitor: Visitor): Promise<void>
  operate(visitor: Visitor): Promise<void>
}

export const operations: Operation[] = [
  {
    name: 'sign-in with TOTP, known browser',
    aim: 12,
    prepare: (visitor) => visitor.signIn(),
    operate: (visitor) => visitor.signInAgain(),
  },
  { name: 'sign-in with TOTP, new browser', prepare: async () => {}, operate: (visitor) => visitor.signIn() },
  {
    name: 'session sign-on and code exchange',
    aim: 4,
    prepare: (visitor) => visitor.signIn(),
    operate: (visitor) => visitor.authorize(),
  },
  {
    name: 'refresh, rotating',
    aim: 2,
    prepare: (visitor) => visitor.signIn('spa'),
    operate: (visitor) => visitor.refresh(),
  },
  {
    name: 'introspection',
    aim: 0,
    prepare: (visitor) => visitor.signIn(),
    operate: (visitor) => visitor.introspect(),
  },
  {
    name: 'userinfo',
    aim: 0,
    prepare: (visitor) => visitor.signIn(),
    operate: (visitor) => visitor.userinfo(),
  },
]

export type Counted = Operation & { cost: Cost; operations: string[] }

/** Each operation by itself, some times over: the middle one, as the background may write meanwhile. */
export async function count(folder: string, only = '', rounds = 7): Promise<Counted[]> {
  const server = await startServer('lmdb, counted', folder)
  const store = open({ path: join(folder, 'lmdb-counted'), noSubdir: false, readOnly: true, maxDbs: 256 })
  const pool = Visitor.pool(server.issuer, 1)
  const counted: Counted[] = []
  try {
    for (const operation of operations.filter(({ name }) => name.includes(only))) {
      const costs: (Cost & { operations: string[] })[] = []
      for (let round = 0; round < rounds; round += 1) {
        const visitor = new Visitor(pool)
        await operation.prepare(visitor)
        await quiet(() => server.counts())
        const [before, from] = [await server.counts(), lastCommit(store)]
        await operation.operate(visitor)
        const [after, to] = [await server.counts(), lastCommit(store)]
        costs.push({
          reads: after.reads - before.reads,
          writes: after.writes - before.writes,
          commits: to - from,
          operations: after.operations,
        })
      }
      const middle = costs.sort((a, b) => a.commits - b.commits || a.writes - b.writes)[rounds >> 1]!
      counted.push({ ...operation, cost: middle, operations: middle.operations })
    }
  } finally {
    await pool.close()
    await store.close()
    await server.stop()
  }
  return counted
}

function lastCommit(store: { resetReadTxn(): void; getStats(): object }): number {
  store.resetReadTxn()
  return (store.getStats() as { lastTxnId: number }).lastTxnId
}

/** Until what follows the operation before is done: mail that leaves, and the like. */
export async function quiet(counts: () => Promise<{ writes: number }>): Promise<void> {
  for (let last = -1; ; ) {
    const { writes } = await counts()
    if (writes === last) return
    last = writes
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
