import { setTimeout } from 'node:timers/promises'
import { type ClientBase, DatabaseError, Pool, type PoolClient, type QueryResult } from 'pg'
import { StoreUnavailable } from '../port.ts'

/** How to reach the server. */
export interface Reach {
  uri: string
  /** Milliseconds: how long connecting may take, and a statement. */
  patience: number
}

/**
 * Answers that leave a connection of no use: the server shuts down or starts (57P…), the connection failed (08…), or a
 * standby took over and this server takes no writes any more (25006).
 */
const parting = /^(57P|08|25006)/

/** The server has no room (53…), or gave up on a statement that took too long (57014). */
const shortage = /^(53|57014)/

const most = 10

/**
 * Connections to the server, each for one statement at a time. Nothing waits for long, neither for a connection that is
 * cut nor for one that hangs. Once one has failed, those made before it are not trusted any more.
 */
export class Connections {
  readonly #pool: Pool
  readonly #patience: number
  readonly #names = new Map<string, string>()
  readonly #running = new Set<Promise<unknown>>()
  #trusted = new WeakSet<ClientBase>()
  #closed = false

  constructor({ uri, patience }: Reach) {
    this.#patience = patience
    this.#pool = new Pool({
      connectionString: uri,
      max: most,
      keepAlive: true,
      connectionTimeoutMillis: patience,
      query_timeout: patience,
      onConnect: (client) => this.#welcome(client),
    })
    // A connection that breaks while nobody uses it is no fault: the pool drops it.
    this.#pool.on('error', ignore)
  }

  /** A statement that may be sent twice: when the connection broke, another one is asked. */
  async read<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    const once = async () => (await this.#send<Row>({ text, values })).rows
    try {
      return await once()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      return once()
    }
  }

  /** How many rows it changed. */
  async write(text: string, values: unknown[]): Promise<number> {
    return (await this.#send({ text, values })).rowCount ?? 0
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#running)
    // A connection that hangs never says that it has ended.
    await Promise.race([this.#pool.end(), setTimeout(this.#patience, undefined, { ref: false })])
  }

  async #send<Row extends object>(statement: { text: string; values: unknown[] }) {
    if (this.#closed) throw new Error('the store is closed')
    const sent = this.#sendNow<Row>({ ...statement, name: this.#nameOf(statement.text) })
    this.#running.add(sent)
    try {
      return await sent
    } finally {
      this.#running.delete(sent)
    }
  }

  async #sendNow<Row extends object>(statement: { name: string; text: string; values: unknown[] }) {
    const client = await this.#take()
    try {
      const result: QueryResult<Row> = await client.query(statement)
      client.release()
      return result
    } catch (error) {
      if (isLoss(error)) throw this.#giveUp(client, error)
      client.release()
      throw isShortage(error) ? new StoreUnavailable(error) : error
    }
  }

  async #take(): Promise<PoolClient> {
    for (;;) {
      const client = await this.#pool.connect().catch((error) => {
        throw new StoreUnavailable(error)
      })
      if (this.#trusted.has(client)) return client
      drop(client)
    }
  }

  #giveUp(client: PoolClient, error: unknown): StoreUnavailable {
    this.#trusted = new WeakSet()
    drop(client)
    return new StoreUnavailable(error)
  }

  async #welcome(client: ClientBase): Promise<void> {
    client.on('error', ignore)
    await client.query(settings(this.#patience))
    this.#trusted.add(client)
  }

  /** A named statement is parsed once a connection. */
  #nameOf(text: string): string {
    const name = this.#names.get(text) ?? `rekey${this.#names.size}`
    this.#names.set(text, name)
    return name
  }
}

/**
 * What is acknowledged is on the disk, whatever the server does for others, and plans are made for the values at hand:
 * with any other, most of an index may be what is asked for.
 */
function settings(patience: number): string {
  return `SET synchronous_commit TO on; SET statement_timeout TO ${patience}; SET plan_cache_mode TO force_custom_plan`
}

/** Whether it is unknown what the server did, and the connection is of no use any more. */
function isLoss(error: unknown): boolean {
  return !(error instanceof DatabaseError) || parting.test(error.code ?? '')
}

function isShortage(error: unknown): boolean {
  return error instanceof DatabaseError && shortage.test(error.code ?? '')
}

/** Without a farewell: who doesn't answer doesn't take one either. */
function drop(client: PoolClient): void {
  client.connection.stream.destroy()
  client.release(true)
}

function ignore(): void {}
