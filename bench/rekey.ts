import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { pino } from 'pino'
import type { Passwords } from '../adapters/secrets/passwords.ts'
import { openLmdbStore } from '../adapters/store/lmdb/store.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Services } from '../interactions/services.ts'
import { createApp } from '../standalone/app.ts'
import { readConfig } from '../standalone/config.ts'
import { type Counts, countingStore, noCounts } from './counting-store.ts'
import { clients } from './scene.ts'

/** Compares without hashing, so that what is measured is everything else. It looks like a hash of ours. */
const plainHash = (plain: string): string =>
  `$argon2id$v=19$m=19456,t=2,p=1$bm90IGEgc2FsdA$${Buffer.from(plain).toString('base64url')}`

export const plainPasswords: Passwords = {
  hash: async (plain) => plainHash(plain),
  verify: async (stored, plain) => stored === plainHash(plain),
  isForeign: () => false,
}

export interface Choices {
  hashing?: boolean
  counting?: boolean
  /** LMDB in the folder if left out. */
  store?: Store
}

/** The whole product, as `main.ts` would start it. */
export async function rekeyOn(
  issuer: string,
  data: string,
  { hashing = false, counting = false, store: given }: Choices = {},
): Promise<{
  listener: RequestListener
  counts: Counts
  store: Store
  services: Services
  close(): Promise<void>
}> {
  const opened = given ?? openLmdbStore({ path: data, clock: Date.now })
  // Counting is part of no measurement.
  const { store, counts } = counting ? countingStore(opened) : { store: opened, counts: noCounts() }
  const config = readConfig({
    issuer,
    keys: [{ id: 'bench', key: process.env.BENCH_KEY ?? randomBytes(32).toString('base64url') }],
    clients,
    // All people come from one address here.
    signInsPerMinute: 1_000_000,
  })
  const app = await createApp({
    config,
    store,
    delivery: { send: async () => {}, close: async () => {} },
    clock: Date.now,
    log: pino({ level: 'warn' }),
    ...(hashing ? {} : { passwords: plainPasswords }),
  })
  const close = async () => {
    await app.stop()
    await store.close()
  }
  return { listener: app.listener, counts, store, services: app.services, close }
}
