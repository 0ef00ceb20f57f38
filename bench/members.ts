import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { openLmdbStore } from '../adapters/store/lmdb/store.ts'
import type { Store } from '../adapters/store/store.ts'
import { freshProtection } from '../rules/account.ts'
import { listingsOf } from '../rules/listing.ts'
import { membershipOf } from '../rules/membership.ts'
import type { OwnPerson } from '../rules/own-person.ts'
import { createApp } from '../standalone/app.ts'
import { readConfig } from '../standalone/config.ts'
import { temporaryFolder } from './folder.ts'

export const organization = 'hanami'

/** Milliseconds that whatever reads may take. */
export const aim = 100

/** How many members there are, and how often each thing is asked for. */
export function scaleOf(): { people: number; rounds: number } {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '20' },
    },
  })
  return { people: Number(values.people), rounds: Number(values.rounds) }
}

const day = 86_400_000

const given = ['Mika', 'Sora', 'Dora', 'Kai', 'Lina', 'José', 'Nils', 'Ada', 'Ren', 'Yui', '美香', '健太']
const family = [
  'Tanaka',
  'Ito',
  'Klein',
  'Holm',
  'Berg',
  'Álvarez',
  'Moreau',
  'Rossi',
  'Smith',
  '田中',
  '佐藤',
]

/** Rekey on LMDB, with one organization of as many members; gone afterwards. */
export async function withMembers(
  people: number,
  settings: object,
  work: (issuer: string, store: Store) => Promise<void>,
): Promise<void> {
  const folder = await temporaryFolder('members')
  const store = openLmdbStore({ path: folder, clock: Date.now })
  try {
    await serve(people, settings, store, work)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function serve(
  people: number,
  settings: object,
  store: Store,
  work: (issuer: string, store: Store) => Promise<void>,
): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1')
  const { port } = await new Promise<AddressInfo>((done) =>
    server.on('listening', () => done(server.address() as AddressInfo)),
  )
  const issuer = `http://localhost:${port}`
  const keys = [{ id: 'bench', key: randomBytes(32).toString('base64url') }]
  const config = readConfig({ issuer, keys, signInsPerMinute: 1_000_000, ...settings })
  const delivery = { send: async () => {}, close: async () => {} }
  const app = await createApp({ config, store, delivery, clock: Date.now, log: pino({ level: 'warn' }) })
  server.on('request', app.listener)
  const began = performance.now()
  await store.organizations.insert({
    ...{ id: organization, name: 'Hanami', policy: {}, createdAt: 0 },
    domains: ['example.com'],
  })
  await seed(store, people)
  console.log(`${people} members in ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
  await work(issuer, store)
  server.close()
  server.closeAllConnections()
  await app.stop()
}

/** How long each of `rounds` requests took, in order, after one that warms what stays warm. */
export async function timed(
  rounds: number,
  request: (round: number) => Promise<Response>,
): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now()
    const response = await request(round)
    const text = await response.text()
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text.slice(0, 200)}`)
    if (round > 0) times.push(performance.now() - began)
  }
  return times.sort((a, b) => a - b)
}

/** A line of the table, and whether half of the requests took longer than they should. */
export function isSlow(name: string, times: number[]): boolean {
  const middle = times[times.length >> 1]!
  console.log(`| ${name} | ${middle.toFixed(1)} | ${times.at(-1)!.toFixed(1)} |`)
  return middle > aim
}

async function seed(
  { people: persons, protections, memberships, listings }: Store,
  people: number,
): Promise<void> {
  const together = 2000
  for (let from = 0; from < people; from += together) {
    const made = Array.from({ length: Math.min(together, people - from) }, (_, at) => personAt(from + at))
    await Promise.all([
      persons.insertAll(made.map(({ person }) => person)),
      protections.insertAll(made.map(({ protection }) => protection)),
      memberships.insertAll(made.map(({ membership }) => membership)),
      listings.insertAll(made.flatMap(({ listed }) => listed)),
    ])
  }
}

export const nameOf = (index: number): string =>
  `${given[index % given.length]} ${family[(index * 7) % family.length]}`

function personAt(index: number) {
  const id = `person${index}`
  const since = Date.now() - (index % 2000) * day
  const login = `${id}@example.com`
  const name = nameOf(index)
  const shown = { id, name, status: 'active' as const }
  const person: OwnPerson = {
    ...shown,
    login,
    mail: [login],
    createdAt: since,
    passwordHash: '',
    effects: [],
  }
  const factors = ['a', 'b'].slice(0, index % 3).map((one) => ({
    ...{ id: `${id}-${one}`, kind: 'totp' as const, name: '', secret: '', createdAt: since },
  }))
  const lastSignInAt = index % 5 === 0 ? undefined : Date.now() - (index % 400) * day
  const protection = { ...freshProtection(id), factors, lastSignInAt }
  const membership = membershipOf(organization, id, index < 3 ? 'super_admin' : 'member', since)
  const listed = listingsOf({ ...shown, email: login }, protection, [membership])
  return { person, protection, membership, listed }
}
