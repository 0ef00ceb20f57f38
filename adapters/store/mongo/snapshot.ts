import type { Connection, mongo } from 'mongoose'
import { defined } from '../../../rules/defined.ts'
import { type Document, StoreUnavailable } from '../port.ts'
import type { Snapshot } from '../store.ts'
import { decode, type Stored } from './codec.ts'

type Session = mongo.ClientSession

const pageSize = 500

/** A server keeps the past for five minutes, unless it is told otherwise (`minSnapshotHistoryWindowInSeconds`). */
const pastIsGone = new Set([239, 246, 251])

/** Reads of one point in time: a snapshot session, or a transaction where the server knows none. */
export async function mongoSnapshot(connection: Connection, clock: () => number): Promise<Snapshot> {
  const session = await sessionOfOneMoment(connection)
  const now = clock()
  return {
    pages: (collection) => pages(connection, session, collection, now) as never,
    close: async () => {
      if (session.inTransaction()) await session.abortTransaction()
      await session.endSession()
    },
  }
}

async function sessionOfOneMoment(connection: Connection): Promise<Session> {
  const session = await connection.startSession({ snapshot: true })
  await readSomething(connection, session)
  // What the server says that it reads at. DocumentDB takes the option, and reads what is there now.
  if ((session as Session & { snapshotTime?: unknown }).snapshotTime !== undefined) return session
  await session.endSession()
  const transaction = await connection.startSession()
  transaction.startTransaction({ readConcern: { level: 'snapshot' } })
  await readSomething(connection, transaction)
  return transaction
}

/** The moment is that of the first read. */
const readSomething = (connection: Connection, session: Session) =>
  connection.collection('settings').findOne({}, { session })

async function* pages(connection: Connection, session: Session, collection: string, now: number) {
  let after: string | undefined
  let page: Stored[]
  do {
    const filter = defined({
      expiresAt: { $not: { $lte: new Date(now) } },
      _id: after === undefined ? undefined : { $gt: after },
    })
    page = (await connection
      .collection(collection)
      .find(filter as object, { session, readPreference: 'primary' })
      .sort({ _id: 1 })
      .limit(pageSize)
      // All at once: DocumentDB forgets a transaction's cursors.
      .batchSize(pageSize + 1)
      .toArray()
      .catch((error) => {
        throw explained(error)
      })) as never
    yield page.map((stored) => decode<Document>(stored))
    after = page.at(-1)?._id
  } while (page.length === pageSize)
}

function explained(error: Error & { code?: unknown }): Error {
  if (!pastIsGone.has(error.code as number)) return error
  return new StoreUnavailable(
    new Error(
      'the server no longer knows that moment: raise minSnapshotHistoryWindowInSeconds, or use mongodump --oplog',
      { cause: error },
    ),
  )
}
