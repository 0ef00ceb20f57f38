import { randomBytes } from 'node:crypto'
import { createConnection } from 'mongoose'
import { type Operation, operations, quiet } from './count.ts'
import { type Asked, wireTo } from './mongo-wire.ts'
import { startServer } from './servers.ts'
import { Visitor } from './visitor.ts'

/** What one operation asks of MongoDB. */
export interface RoundTrips {
  name: string
  all: number
  /** One after the other: what is asked at the same time counts once. */
  rounds: number
  /** Writes that are waited for until most servers have them. */
  majority: number
  /** Documents that people who have nothing to do with one another write to. */
  hot: string[]
}

/** Each operation by itself, some times over, each time by somebody else, in a database of its own that is dropped. */
export async function countOnMongo(
  uri: string,
  folder: string,
  only = '',
  repeats = 5,
): Promise<RoundTrips[]> {
  const database = new URL(uri)
  database.pathname = `/rekey-bench-${randomBytes(6).toString('hex')}`
  const wire = await wireTo(database.href)
  process.env.BENCH_MONGODB = wire.uri
  const server = await startServer('mongo', folder)
  const pool = Visitor.pool(server.issuer, 1)
  const settled = () => quiet(async () => ({ writes: wire.asked.length }))
  const one = async ({ prepare, operate }: Operation): Promise<Asked[]> => {
    const visitor = new Visitor(pool)
    await prepare(visitor)
    await settled()
    wire.asked.length = 0
    await operate(visitor)
    return [...wire.asked]
  }
  try {
    const counted: RoundTrips[] = []
    for (const operation of operations.filter(({ name }) => name.includes(only))) {
      const runs: Asked[][] = []
      for (let run = 0; run < repeats; run += 1) runs.push(await one(operation))
      counted.push({ name: operation.name, ...summary(runs) })
    }
    return counted
  } finally {
    await pool.close()
    await server.stop()
    const connection = await createConnection(database.href).asPromise()
    await connection.dropDatabase()
    await connection.close()
    await wire.close()
  }
}

/** The middle one, as the background may ask meanwhile. */
function summary(runs: Asked[][]): Omit<RoundTrips, 'name'> {
  const middle = [...runs].sort((a, b) => a.length - b.length)[runs.length >> 1]!
  const written = runs.map((run) => new Set(run.flatMap((asked) => asked.written)))
  const times = new Map<string, number>()
  for (const documents of written) for (const id of documents) times.set(id, (times.get(id) ?? 0) + 1)
  return {
    all: middle.length,
    rounds: new Set(middle.map(({ round }) => round)).size,
    majority: middle.filter(({ majority, written: ids }) => majority && ids.length > 0).length,
    hot: [...times].filter(([, count]) => count > 1).map(([id]) => id),
  }
}
