import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import type { Document } from '../../adapters/store/port.ts'
import { type CollectionName, collections } from '../../adapters/store/store.ts'
import { readConfig } from '../../standalone/config.ts'
import { soundSettings } from '../standalone/kit.ts'
import { Browser } from '../support/browser.ts'
import { enrol, getReset, signIn } from '../support/journeys.ts'
import { type Person, type Rekey, startRekey } from '../support/rekey.ts'
import { lmdb, type Opened } from '../support/stores.ts'

const day = 86_400_000
const units: { [unit: string]: number } = { minutes: 60_000, hour: 3_600_000, hours: 3_600_000, days: day }
/** A few a day for each process, however many people there are. */
const ofProcesses: CollectionName[] = ['auditChains', 'auditCheckpoints']
const names = Object.keys(collections) as CollectionName[]

interface Row {
  collections: CollectionName[]
  kept: string
  /** The longest time that the row names; none where something is kept as long as something else. */
  most?: number
}

/** The table of the page, with what settings say if nothing is set. */
async function table(): Promise<Row[]> {
  const page = await readFile('docs/operating.md', 'utf8')
  const [, text] = /## What is kept how long([\s\S]*?)\n## /.exec(page)!
  const config = readConfig(soundSettings('data'))
  const set: { [setting: string]: number } = {
    keepRemovedDays: config.keepRemovedDays,
    'signals.keepDays': config.signals.keepDays,
    'audit.keepDays': config.audit.keepDays,
  }
  return [...text!.matchAll(/^\| (?!what \|)[^|-][^|]*\|([^|]+)\|([^|]+)\|$/gm)].map(([, listed, kept]) => {
    const plain = kept!.replace(/`([\w.]+)`/g, (whole, name) => (name in set ? `${set[name]} days` : whole))
    const times = [...plain.matchAll(/(\d+) (minutes|hours?|days)/g)].map(
      ([, count, unit]) => Number(count) * units[unit!]!,
    )
    return {
      collections: [...listed!.matchAll(/`(\w+)`/g)].map(([, name]) => name as CollectionName),
      kept: plain.trim(),
      most: times.length === 0 ? undefined : Math.max(...times),
    }
  })
}

describe('docs/operating.md', function () {
  this.timeout(240_000)
  let opened: Opened
  let rekey: Rekey
  let rows: Row[]

  before(async () => {
    const clock = { offset: 0 }
    opened = await lmdb.open(() => Date.now() + clock.offset)
    rekey = await startRekey(opened.store, { clock })
    rows = await table()
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
  })

  async function everything(): Promise<[CollectionName, Document][]> {
    const pages = await Promise.all(
      names.map(async (name) => (await opened.store[name].walk({ limit: 9_999 })).map((one) => [name, one])),
    )
    return pages.flat() as [CollectionName, Document][]
  }

  const longest = new Map<CollectionName, number>()
  /** Held against the table at each look: nothing is kept for longer than it says, or without an end that it doesn't. */
  async function look(): Promise<void> {
    for (const [name, { expiresAt }] of await everything()) {
      const { kept, most } = rows.find(({ collections }) => collections.includes(name))!
      if (expiresAt === undefined) {
        expect(kept, name).to.match(/as long as|until|audit|730 days/)
        continue
      }
      const left = expiresAt - rekey.now()
      longest.set(name, Math.max(left, longest.get(name) ?? 0))
      expect(left, `${name}: ${kept}`).to.be.at.most(most! + 60_000)
    }
  }

  it('says of every collection, once, how long what is in it is kept', () => {
    expect(rows.flatMap(({ collections }) => collections)).to.have.members(names)
  })

  it('says how long what is really written is kept, and afterwards it is gone', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    await rekey.rp.finish(await signIn(rekey, person))
    const stranger = new Browser()
    await rekey.rp.start(stranger)
    await stranger.press('Sign in', { email: 'nobody@hanami.example', password: 'a guess of somebody' })
    await look()
    const waiting = await getReset(rekey, person, admin)
    await look()
    await rekey.work()
    await look()
    await waiting.open(waiting.shown.url)
    await enrol(rekey, waiting)
    await look()
    // What leaves after the clock was moved would be kept for a month from then on.
    await rekey.work()
    for (const name of [
      'attempts',
      'artifacts',
      'tokens',
      'sessions',
      'appSessions',
      'devices',
      'links',
      'outbox',
    ] as const)
      expect([...longest.keys()]).to.include(name)
    rekey.advance(401 * day)
    await rekey.work()
    const left = new Set((await everything()).map(([name]) => name))
    for (const name of left) {
      const { kept } = rows.find(({ collections }) => collections.includes(name))!
      expect(kept, name).to.match(/as long as|730 days|400 days/)
    }
    console.log(
      `      the longest that was seen: ${[...longest].map(([name, left]) => `${name} ${Math.round(left / 3_600_000)} h`).join(', ')}`,
    )
  })

  it('says what a year of a million people weighs, as a day of some of them does', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => rekey.person()))
    const browsers = people.map(() => new Browser())
    const usual = (one: Person, index: number) => signIn(rekey, one, {}, browsers[index])
    const signInAll = async () => {
      for (const [index, one] of people.entries()) await rekey.rp.finish(await usual(one, index))
      rekey.advance(day)
      await rekey.work()
    }
    await signInAll()
    const before = new Map((await everything()).map(([name, one]) => [`${name}/${one.id}`, one]))
    const from = rekey.now()
    for (const [index, one] of people.entries()) await rekey.rp.finish(await usual(one, index))
    const weights = new Map<CollectionName, number>()
    for (const [name, one] of await everything()) {
      if (before.has(`${name}/${one.id}`) || ofProcesses.includes(name)) continue
      const days = Math.min(365, one.expiresAt === undefined ? 365 : (one.expiresAt - from) / day)
      const bytes = Buffer.byteLength(JSON.stringify(one)) * days
      weights.set(name, (weights.get(name) ?? 0) + bytes)
    }
    const million = (bytes: number) => (bytes / people.length) * 1e6
    const whole = million([...weights.values()].reduce((sum, one) => sum + one, 0)) / 1e9
    const page = await readFile('docs/operating.md', 'utf8')
    const said = Number(/weighs (\d+) GB as JSON/.exec(page)?.[1])
    console.log(
      `      a year of a million people: ${whole.toFixed(0)} GB; ${[...weights].map(([name, bytes]) => `${name} ${(million(bytes) / 1e9).toFixed(1)}`).join(', ')}`,
    )
    expect(whole).to.be.within(said * 0.8, said * 1.2)
  })
})
