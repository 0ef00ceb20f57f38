import { randomBytes } from 'node:crypto'
import { type AccountBefore, apart } from '../adapters/store/apart.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Services } from '../interactions/services.ts'
import { choicesOf, type Variant } from './choices.ts'
import { rekeyOn } from './rekey.ts'
import { emailOf, password, people, totpSecret } from './scene.ts'

/**
 * Puts people into the store of a server before that starts: `node bench/fill.ts <variant> <folder>`. In a process of
 * its own, as what a process does first decides for long how well its code is compiled: a bare provider takes a twentieth
 * more for an introspection in a process that has done this.
 */
const [variant, data] = process.argv.slice(2) as [Variant, string]
const { store, services, close } = await rekeyOn('http://127.0.0.1', data, await choicesOf(variant))
const many = variant === 'lmdb, large' ? Number(process.env.BENCH_LARGE) : undefined
// On MongoDB only the requests are counted.
await seedPeople(store, services, many ?? (variant === 'mongo' ? 200 : people))
await seedTokens(store, many ?? 0)
await close()
process.exit(0)

async function seedPeople(store: Store, { ring, passwords }: Services, count: number): Promise<void> {
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
  for (const some of slices(count)) {
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
