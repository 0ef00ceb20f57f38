import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { pino } from 'pino'
import type { Passwords } from '../adapters/secrets/passwords.ts'
import { type AccountBefore, apart } from '../adapters/store/apart.ts'
import { openLmdbStore } from '../adapters/store/lmdb/store.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Services } from '../interactions/services.ts'
import { createApp } from '../standalone/app.ts'
import { readConfig } from '../standalone/config.ts'
import { type Counts, countingStore, noCounts } from './counting-store.ts'
import { clients, emailOf, password, people, totpSecret } from './scene.ts'

/** Compares without hashing, so that what is measured is everything else. It looks like a hash of ours. */
const plainHash = (plain: string): string =>
  `$argon2id$v=19$m=19456,t=2,p=1$bm90IGEgc2FsdA$${Buffer.from(plain).toString('base64url')}`

export const plainPasswords: Passwords = {
  hash: async (plain) => plainHash(plain),
  verify: async (stored, plain) => stored === plainHash(plain),
  isForeign: () => false,
}

interface Choices {
  hashing?: boolean
  counting?: boolean
  /** LMDB in the folder if left out. */
  store?: Store
  /** How many people there are. */
  population?: number
  /** How many tokens there are that nobody of the measurement uses. */
  tokens?: number
}

/** The whole product, as `main.ts` would start it. */
export async function rekeyOn(
  issuer: string,
  data: string,
  { hashing = false, counting = false, store: given, population = people, tokens = 0 }: Choices = {},
): Promise<{ listener: RequestListener; counts: Counts; store: Store; close(): Promise<void> }> {
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
  await seed(store, app.services, population)
  await seedTokens(store, tokens)
  const close = async () => {
    await app.stop()
    await store.close()
  }
  return { listener: app.listener, counts, store, close }
}

export async function seed(store: Store, { ring, passwords }: Services, population = people): Promise<void> {
  const passwordHash = await passwords.hash(password)
  const since = Date.now() - 86_400_000
  const secret = (id: string) => ring.seal(totpSecret, id)
  const account = (person: number): AccountBefore => ({
    id: `person${person}`,
    email: emailOf(person),
    name: `Person ${person}`,
    status: 'active',
    createdAt: since,
    passwordHash,
    addresses: [{ address: emailOf(person), verifiedAt: since }],
    factors: [
      {
        id: `totp${person}`,
        kind: 'totp',
        name: '',
        secret: secret(`totp${person}`),
        createdAt: since,
      },
    ],
    backupCodes: { number: 1, createdAt: since, confirmedAt: since, codes: [] },
    throttles: {},
    validAfter: since,
    checkUp: { at: Date.now() },
    effects: [],
  })
  for (const some of slices(population)) {
    const accounts = some.map((person) => apart(account(person)))
    await store.protections.insertAll(accounts.map(({ protection }) => protection))
    await store.people.insertAll(accounts.map(({ person }) => person))
  }
}

/** Access tokens as the library stores them, good for a day. */
async function seedTokens({ tokens }: Store, count: number): Promise<void> {
  const now = Date.now()
  const token = (person: number) => {
    const [jti, grantId, sessionUid] = [32, 32, 16].map((bytes) => randomBytes(bytes).toString('base64url'))
    const [iat, exp] = [now / 1000, now / 1000 + 86_400].map(Math.floor)
    const who = { accountId: `person${person}`, clientId: 'web', grantId, sessionUid }
    const payload = { iat, exp, jti, ...who, kind: 'AccessToken', scope: 'openid email profile' }
    const stored = { payload: JSON.stringify(payload), grant: grantId, storedAt: now }
    return { id: `AccessToken:${jti}`, ...stored, expiresAt: now + 86_400_000 }
  }
  for (const some of slices(count)) await tokens.insertAll(some.map(token))
}

/** So many at once share a commit. */
function* slices(count: number, size = 2000): Iterable<number[]> {
  for (let from = 0; from < count; from += size)
    yield Array.from({ length: Math.min(size, count - from) }, (_, at) => from + at)
}
