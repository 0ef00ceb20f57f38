import { type Connection, createConnection, type Model, Error as MongooseError, mongo } from 'mongoose'
import pLimit from 'p-limit'
import { type Declared, StoreUnavailable } from '../port.ts'
import type { Stored } from './codec.ts'
import { claimsName, modelOf } from './schema.ts'

type Models = Map<string, Model<Stored>>

/** MongoDB's own default is `test`. */
const defaultDatabase = 'rekey'

/** Nothing waits for long for a server that doesn't answer. A connection string may say otherwise. */
const limits = {
  serverSelectionTimeoutMS: 3_000,
  connectTimeoutMS: 5_000,
  waitQueueTimeoutMS: 5_000,
  socketTimeoutMS: 10_000,
}

/** A process that starts doesn't take a connection for each collection: servers have only so many, and many may start at once. */
export const preparedAtOnce = 8

const outOfDiskSpace = 14031

interface Client {
  connection: Connection
  models: Models
}

/**
 * The way to MongoDB. The driver looks for lost servers by itself, but has been seen to stop looking for good: when
 * connections are cut and taken again at once, it may wait for the answer to a heartbeat that it sent on a connection
 * which was just closed (7.0 to 7.9). So whoever finds no server has a new client made, and asks once more.
 */
export class Line {
  readonly #uri: string
  readonly #declared: Declared
  #client: Client
  #renewal: Promise<void> | undefined
  #closed = false

  private constructor(uri: string, declared: Declared, client: Client) {
    this.#uri = uri
    this.#declared = declared
    this.#client = client
  }

  static async open(uri: string, declared: Declared): Promise<Line> {
    return new Line(uri, declared, await connect(uri, declared))
  }

  /** Indexes that are there already are left alone; new ones are filled with what is stored. */
  async createIndexes(): Promise<void> {
    const models = Object.keys(this.#declared).map((name) => this.#client.models.get(name)!)
    await pLimit(preparedAtOnce).map(models, (model) => model.createIndexes())
  }

  async ask<R>(collection: string, question: (model: Model<Stored>) => Promise<R>): Promise<R> {
    if (this.#closed) throw new Error('the store is closed')
    try {
      return await this.#askTwice(collection, question)
    } catch (error) {
      throw isLoss(error) ? new StoreUnavailable(error) : error
    }
  }

  async #askTwice<R>(collection: string, question: (model: Model<Stored>) => Promise<R>): Promise<R> {
    const client = this.#client
    try {
      return await question(client.models.get(collection)!)
    } catch (error) {
      // What is under way when it is closed fails like this too: a new client would keep the process alive.
      if (!isUnreachable(error) || this.#closed) throw error
      await this.#renew(client)
      return question(this.#client.models.get(collection)!)
    }
  }

  /** For reads that belong together: where it is lost, they have to begin anew. */
  get connection(): Connection {
    return this.#client.connection
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#renewal?.catch(() => {})
    await this.#client.connection.close()
  }

  /** One new client for all who miss the same one. */
  #renew(missed: Client): Promise<void> {
    if (this.#client !== missed) return Promise.resolve()
    this.#renewal ??= this.#replace(missed).finally(() => {
      this.#renewal = undefined
    })
    return this.#renewal
  }

  async #replace(old: Client): Promise<void> {
    this.#client = await connect(this.#uri, this.#declared)
    // What still waits there is told at once.
    old.connection.close(true).catch(() => {})
  }
}

async function connect(uri: string, declared: Declared): Promise<Client> {
  const connection = createConnection(uri, {
    ...limitsFor(uri),
    dbName: databaseIn(uri) ?? defaultDatabase,
    readPreference: 'primary',
    // By the names they have in a connection string, so that these win over what it says.
    readConcernLevel: 'majority',
    w: 'majority',
    journal: true,
    autoCreate: false,
    autoIndex: false,
    bufferCommands: false,
  })
  try {
    await connection.asPromise()
  } catch (error) {
    await connection.close()
    throw error
  }
  const models = Object.entries({ ...declared, [claimsName]: {} }).map(
    ([name, indexes]) => [name, modelOf(connection, name, indexes)] as const,
  )
  return { connection, models: new Map(models) }
}

/** Nobody was found to send anything to, or the client was given up meanwhile. */
function isUnreachable(error: unknown): boolean {
  return (
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoTopologyClosedError ||
    error instanceof mongo.MongoClientClosedError
  )
}

/** What isn't an answer of the server's: nobody found, cut off, waited for too long. */
function isLoss(error: unknown): boolean {
  return (
    isUnreachable(error) ||
    error instanceof MongooseError ||
    error instanceof mongo.MongoNetworkError ||
    (error as Error).name === 'MongoWaitQueueTimeoutError' ||
    (error as NodeJS.ErrnoException).syscall !== undefined ||
    (error as { code?: unknown }).code === outOfDiskSpace
  )
}

function limitsFor(uri: string): Partial<typeof limits> {
  const said = (option: string) => new RegExp(`[?&]${option}=`, 'i').test(uri)
  return Object.fromEntries(Object.entries(limits).filter(([option]) => !said(option)))
}

/** The database that a connection string names, if it names one. */
function databaseIn(uri: string): string | undefined {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri) ?? []
  return name && decodeURIComponent(name)
}
