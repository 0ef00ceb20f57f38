import { randomBytes } from 'node:crypto'
import { type CollectionName, collections, type Store } from '../../adapters/store/store.ts'
import type { AuditEntry } from '../../rules/audit/chain.ts'
import { Browser } from './browser.ts'
import { type Contents, KnownStore } from './known-store.ts'
import { type MailServer, startMailServer } from './mail-server.ts'
import { Killed } from './mortal-store.ts'
import { freePorts } from './process.ts'
import { type Rekey, startRekey } from './rekey.ts'
import { type RelyingApp, startRelyingApp } from './relying-app.ts'
import type { Opened } from './stores.ts'
import type { ProcessClock } from './time.ts'
import { watchedStore } from './watched-store.ts'

/** What someone is about to press, with everything before it done. */
export interface Ready {
  /** As it stands before the press; the press gets a copy. */
  browser?: Browser
  press(rekey: Rekey, browser: Browser): Promise<unknown>
  /** Where the pages hand over to somebody else; to the app if left out. */
  until?(rekey: Rekey): string
}

/** Something that someone does on a page, in a command or by a program: up to the moment before it. */
export type Deed = (rekey: Rekey) => Promise<Ready>

type StartOptions = NonNullable<Parameters<typeof startRekey>[1]>

/** What stands outside besides, for all processes alike. */
export interface Outside extends Pick<StartOptions, 'twilio' | 'proofing' | 'clients' | 'config'> {
  stop(): Promise<void>
}

/** What is kept in the end, by collection, and what was sent. */
export interface End {
  [kept: string]: string[]
}

/** What stays while processes come and go. */
interface Around {
  port: number
  rp: RelyingApp
  mail: MailServer
  keys: { id: string; key: string }[]
  outside?: Outside | undefined
}

/** When every lease of a process that was killed has run out. Milliseconds. */
const later = 120_000
const names = Object.keys(collections) as CollectionName[]

/** Rekey on one store, in processes that are killed before a given write and followed by others. */
export class KillSite {
  rekey!: Rekey
  readonly #known: KnownStore
  readonly #clock: ProcessClock
  readonly #around: Around
  #empty!: Contents
  #contents!: Contents
  #moment = 0

  private constructor(known: KnownStore, clock: ProcessClock, around: Around) {
    this.#known = known
    this.#clock = clock
    this.#around = around
  }

  static async open(
    { store }: Opened,
    clock: ProcessClock,
    outside?: (issuer: string) => Promise<Outside>,
  ): Promise<KillSite> {
    const port = await freePorts(1)
    const issuer = `http://localhost:${port}`
    const rp = await startRelyingApp(issuer)
    const keys = [{ id: 'test', key: randomBytes(32).toString('base64url') }]
    const site = new KillSite(await KnownStore.of(store), clock, {
      port,
      rp,
      keys,
      mail: await startMailServer(),
      outside: await outside?.(issuer),
    })
    await site.#start(site.#known.store)
    await site.rekey.stop()
    site.#empty = await site.#known.contents()
    return site
  }

  /** Sets a scene in a store that is empty otherwise, and keeps what is there then. */
  async prepare(scene: (rekey: Rekey) => Promise<Ready>): Promise<Ready> {
    await this.#known.putBack(this.#empty)
    await this.#start(this.#known.store)
    const ready = await scene(this.rekey)
    await this.rekey.work()
    await this.rekey.stop()
    this.#contents = await this.#known.contents()
    this.#moment = Date.now() + 1_000
    return ready
  }

  /** Where the scene ends. */
  async begin(): Promise<void> {
    await this.#known.putBack(this.#contents)
    this.#clock.offset += this.#moment - Date.now()
    this.#around.mail.mails.length = 0
  }

  /** From where the scene ends: a process that is killed before a write, counted from 1. False where it came through. */
  async run({ browser, press }: Ready, dieAt: number): Promise<boolean> {
    await this.begin()
    const mortal = this.#mortal(dieAt)
    await this.#start(mortal.store)
    await press(this.rekey, await copyOf(browser)).catch((error) => {
      if (!mortal.dead()) throw error
    })
    const killed = mortal.dead()
    mortal.spare()
    await this.#end(killed)
    return killed
  }

  /** Another process goes on where the last one stopped. */
  async goOn(): Promise<Rekey> {
    this.#clock.offset += later
    await this.#start(this.#known.store)
    return this.rekey
  }

  /** What has come of it: all that is kept, but for what differs from time to time, and the mails that went out. */
  async end(): Promise<End> {
    await this.rekey.work()
    const mails = new Map(this.#around.mail.mails.map(({ id, to, subject }) => [id, `${to}: ${subject}`]))
    return { ...(await stateOf(this.#known)), mails: [...mails.values()].sort() }
  }

  async close(): Promise<void> {
    await this.#around.rp.stop()
    await this.#around.mail.stop()
    await this.#around.outside?.stop()
  }

  async #start(store: Store): Promise<void> {
    const { outside, ...around } = this.#around
    this.rekey = await startRekey(store, { clock: this.#clock, ...outside, ...around })
  }

  async #end(killed: boolean): Promise<void> {
    await this.rekey.stop().catch((error) => {
      if (!killed) throw error
    })
  }

  #mortal(dieAt: number) {
    let writes = 0
    let dead = false
    let spared = false
    const store = watchedStore(this.#known.store, async ({ operation }, perform) => {
      if (!reading.has(operation) && !dead && !spared) {
        writes += 1
        dead = writes === dieAt
      }
      if (dead) throw new Killed()
      return perform()
    })
    return {
      store,
      dead: () => dead,
      spare: () => {
        spared = true
      },
    }
  }
}

const reading: ReadonlySet<string> = new Set(['get', 'find', 'walk'])

export async function copyOf(browser = new Browser()): Promise<Browser> {
  const copy = new Browser(browser.headers)
  return Object.assign(copy, { jar: await browser.jar.clone(), shown: browser.shown })
}

/** What is left out: what counts tries, what the library keeps, what is only for a moment, and the log's own seals. */
const leftOut: ReadonlySet<CollectionName> = new Set([
  'throttles',
  'settings',
  'artifacts',
  'tokens',
  'appSessions',
  'attempts',
  'outbox',
  'sendings',
  'audit',
  'auditChains',
  'auditCheckpoints',
  'deviceProofs',
  'proofings',
  'pairings',
])
const compared = names.filter((name) => !leftOut.has(name))

async function stateOf(known: KnownStore): Promise<End> {
  const contents = await known.contents([...compared, 'audit'])
  const lasting = (name: CollectionName) =>
    [...contents.get(name)!.values()].filter(({ expiresAt = Infinity }) => expiresAt > Date.now())
  const all = compared.map((name) => [name, lasting(name).map(plain).sort()])
  return {
    ...Object.fromEntries(all),
    audit: (lasting('audit') as unknown as AuditEntry[])
      .map(({ event, actor, subject, case: about, cause, detail }) =>
        plain({ event, actor, subject, about, cause, detail }),
      )
      .sort(),
    unsent: (await known.store.outbox.find('state', 'queued')).map(({ id }) => plain(id)).sort(),
  }
}

/** How often something was tried and how soon, and what the library keeps of a session. */
const counted: ReadonlySet<string> = new Set(['throttles', 'spentSteps', 'payload', 'retired', 'seconds'])

/** Without what is drawn or told by the clock: it differs each time. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (name, one) => (counted.has(name) ? undefined : one))
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '…')
    .replaceAll(/\b1[789]\d{8}(?:\d{3}(?:\.\d+)?)?\b/g, 'then')
    .replaceAll(/\b[56]\d{7}\b/g, 'step')
    .replaceAll(/[\w+/=.-]{20,}/g, (word) => (/[A-Z0-9]/.test(word) ? '…' : word))
