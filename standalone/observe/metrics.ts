import { setTimeout as wait } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Store } from '../../adapters/store/store.ts'
import type { Observation } from '../../effects/services.ts'
import type { Disk } from './disk.ts'
import type { Answered } from './requests.ts'
import type { StoreOperation } from './store.ts'

/** Documents are counted so far, as counting costs. */
const mostCounted = 10_000

/** What is asked at each look. */
export interface Gauged {
  store: Store
  clock: () => number
  /** Seconds since the duty of the worker finished that has waited longest. */
  workerLag(): number
  /** Passwords that wait to be hashed, and that are. */
  passwords(): number
  disk(): Promise<Disk | undefined>
}

export interface Metrics {
  answered(one: Answered): void
  stored(one: StoreOperation): void
  happened(one: Observation): void
  /** Once the app is there. */
  look(at: Gauged): void
  text(): Promise<{ type: string; body: string }>
}

/** Figures for Prometheus. Every label comes from a list in the code, never from a request. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'rekey_' })
  const requests = new Histogram({
    name: 'rekey_http_request_duration_seconds',
    help: 'From a request to its answer',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const operations = new Histogram({
    name: 'rekey_store_operation_duration_seconds',
    help: 'What the store took',
    labelNames: ['collection', 'operation'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  })
  const events = new Counter({
    name: 'rekey_events_total',
    help: 'Entries of the audit log, by event: sign-ins by their outcome, factors, cases',
    labelNames: ['event'],
    registers,
  })
  const said = new Counter({
    name: 'rekey_sign_in_messages_total',
    help: 'What pages of a sign-in said at their top: throttled, wrong_code',
    labelNames: ['message'],
    registers,
  })
  return {
    answered: ({ route, method, status, seconds }) =>
      requests.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, seconds),
    stored: ({ collection, operation, seconds }) => operations.observe({ collection, operation }, seconds),
    happened: (one) => ('event' in one ? events.inc({ event: one.event }) : said.inc({ message: one.said })),
    look: (at) => gauges(registry, at),
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  }
}

/** Milliseconds: whoever asks for the figures waits for ten seconds at most. */
const patience = 2_000

/** A store that is away, or hangs, keeps no other figure back. */
async function ifKnown<R>(look: () => Promise<R> | R): Promise<R | undefined> {
  const giveUp = new AbortController()
  const late = wait(patience, undefined, { ref: false, signal: giveUp.signal }).catch(() => undefined)
  const asked = (async () => look())().catch(() => undefined)
  return Promise.race([asked, late]).finally(() => giveUp.abort())
}

function gauges(registry: Registry, { store, clock, workerLag, passwords, disk }: Gauged): void {
  const gauge = (name: string, help: string, value: () => Promise<number> | number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set((await ifKnown(value)) ?? Number.NaN)
      },
    })
  gauge('rekey_worker_lag_seconds', 'Since the duty of the worker finished that waits longest', workerLag)
  gauge('rekey_password_queue', 'Passwords that wait to be hashed, and that are', passwords)
  gauge(
    'rekey_disk_free_bytes',
    'Where the embedded store is',
    async () => (await disk())?.free ?? Number.NaN,
  )
  gauge('rekey_disk_size_bytes', 'The same in all', async () => (await disk())?.size ?? Number.NaN)
  gauge(
    'rekey_outbox_oldest_timestamp_seconds',
    'When the message was promised that waits longest; 0 where none waits',
    async () => ((await store.outbox.find('state', 'queued', { limit: 1 }))[0]?.createdAt ?? 0) / 1000,
  )
  outboxByState(registry, store)
  casesByState(registry, store, clock)
}

function outboxByState(registry: Registry, { outbox }: Store): void {
  new Gauge({
    name: 'rekey_outbox_messages',
    help: `Messages that wait or were given up, counted up to ${mostCounted}`,
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const state of ['queued', 'dead'] as const) {
        const found = await ifKnown(() => outbox.find('state', state, { limit: mostCounted }))
        this.set({ state }, found?.length ?? Number.NaN)
      }
    },
  })
}

/** By state, and by how long they have been open. */
function casesByState(registry: Registry, { cases }: Store, clock: () => number): void {
  const ages = [
    ['hour', 3_600_000],
    ['day', 86_400_000],
    ['week', 604_800_000],
    ['older', Number.POSITIVE_INFINITY],
  ] as const
  new Gauge({
    name: 'rekey_cases_open',
    help: `Open cases by status, and by age (at most), counted up to ${mostCounted}`,
    labelNames: ['status', 'age'],
    registers: [registry],
    async collect() {
      this.reset()
      const now = clock()
      const open = await ifKnown(() => cases.find('waiting', 'yes', { limit: mostCounted }))
      for (const { status, openedAt } of open ?? [])
        this.inc({ status, age: ages.find(([, most]) => now - openedAt <= most)![0] })
    },
  })
}
