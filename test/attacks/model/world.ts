import { randomBytes } from 'node:crypto'
import { tokenHash } from '../../../adapters/secrets/key-ring.ts'
import type { Store } from '../../../adapters/store/store.ts'
import type { Account } from '../../../rules/account.ts'
import type { OrganizationPolicy } from '../../../rules/organization.ts'
import { codeFactors } from '../../../rules/totp.ts'
import { accountIn } from '../../support/accounts.ts'
import type { Browser } from '../../support/browser.ts'
import { type DyingStore, dyingStore } from '../../support/dying-store.ts'
import { type Mail, type MailServer, startMailServer } from '../../support/mail-server.ts'
import { freePorts } from '../../support/process.ts'
import { type Person, type Rekey, startRekey } from '../../support/rekey.ts'
import { type RelyingApp, startRelyingApp } from '../../support/relying-app.ts'
import type { ProcessClock } from '../../support/time.ts'

/** Someone of the model: what they know, and the browser in which they wait. */
export interface Someone {
  person: Person
  /** Their passwords, newest first: whether the newest was saved, the store knows after a crash. */
  passwords: string[]
  waiting?: Browser
}

/** What was proven for a case, as the test has seen it, and not as the product says. */
export interface Proven {
  /** Super admins who sent the right code at a moment at which they were allowed to decide, and when each first did. */
  approvals: Map<string, number>
  /** When an agent who was allowed to decide sent an approval. */
  agent: number[]
  /** When the person handed the case to the support: before it was sent. */
  supportAsked?: number
  /** A page has said that the case is stopped. */
  stoppedAt?: number
  /** A page has said that it is in this status. */
  acknowledged: Set<string>
  /** The one-time pass that an approver was shown. */
  pass?: string
}

/** A random organization. */
export interface Setup {
  policy: OrganizationPolicy
  admins: number
  /** Whether the first member is a super admin, too. */
  superMember: boolean
}

/** What stays while processes come and go. */
interface Around {
  port: number
  rp: RelyingApp
  mail: MailServer
  keys: { id: string; key: string }[]
}

/** Rekey in a process that can die and start again on the same store. */
export class Site {
  readonly store: Store
  readonly clock: ProcessClock
  rekey!: Rekey
  crashes = 0
  #dying!: DyingStore
  readonly #around: Around
  #authenticators!: Rekey

  private constructor(store: Store, clock: ProcessClock, around: Around) {
    this.store = store
    this.clock = clock
    this.#around = around
  }

  static async open(store: Store, clock: ProcessClock): Promise<Site> {
    const port = await freePorts(1)
    const rp = await startRelyingApp(`http://localhost:${port}`)
    const keys = [{ id: 'test', key: randomBytes(32).toString('base64url') }]
    const site = new Site(store, clock, { port, rp, keys, mail: await startMailServer() })
    await site.start()
    site.#authenticators = site.rekey
    return site
  }

  /** What the person's authenticator shows; it outlives the processes. */
  code(secret: string): string {
    return this.#authenticators.code({ secret })
  }

  async start(): Promise<void> {
    this.#dying = dyingStore(this.store, async () => {
      throw new Error('the process is dead')
    })
    this.rekey = await startRekey(this.#dying.store, { clock: this.clock, ...this.#around })
  }

  async restart(): Promise<void> {
    await this.#end()
    await this.start()
  }

  dieAt(write: number): void {
    this.#dying.dieAt(write)
  }

  /** Does something that may end in the death of the process; then another one takes its place. */
  async survive(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      if (!this.#dying.dead()) throw error
    }
    if (!this.#dying.dead()) return
    this.crashes += 1
    await this.restart()
  }

  async close(): Promise<void> {
    await this.#end()
    await this.#around.rp.stop()
    await this.#around.mail.stop()
  }

  /** One that has died writes and signs nothing at its end. */
  async #end(): Promise<void> {
    await this.rekey.stop().catch((error) => {
      if (!this.#dying.dead()) throw error
    })
  }
}

/** The people of one run, and what was proven. */
export class World {
  readonly site: Site
  readonly setup: Setup
  readonly organization: string
  readonly members: Someone[]
  readonly admins: Someone[]
  readonly agent: Someone
  readonly proven = new Map<string, Proven>()

  private constructor(site: Site, setup: Setup, organization: string, people: Person[]) {
    const someones = people.map((person) => ({ person, passwords: [person.password] }))
    this.site = site
    this.setup = setup
    this.organization = organization
    this.members = someones.slice(0, 2)
    this.admins = someones.slice(2, -1)
    this.agent = someones.at(-1)!
  }

  static async build(site: Site, setup: Setup): Promise<World> {
    // A run that has failed, and is made shorter, may have left a dead process behind.
    await site.survive(async () => {})
    const { rekey } = site
    const organization = await rekey.organization('Hanami', setup.policy)
    const member = { organization, role: setup.superMember ? ('super_admin' as const) : ('member' as const) }
    const people = [
      await rekey.person({ memberships: [member], addresses: [`${Math.random()}@people.example`] }),
      await rekey.person({ memberships: [{ organization }] }),
    ]
    for (let admin = 0; admin < setup.admins; admin += 1)
      people.push(await rekey.person({ memberships: [{ organization, role: 'super_admin' }] }))
    people.push(await rekey.person({ supportAgent: true }))
    return new World(site, setup, organization, people)
  }

  get rekey(): Rekey {
    return this.site.rekey
  }

  get everyone(): Someone[] {
    return [...this.members, ...this.admins, this.agent]
  }

  provenOf(id: string): Proven {
    const found = this.proven.get(id) ?? { approvals: new Map(), agent: [], acknowledged: new Set() }
    this.proven.set(id, found)
    return found
  }

  /** As it is kept, also when the process has died of its background work meanwhile. */
  async accountOf({ person }: Someone): Promise<Account> {
    return (await accountIn(this.site.store, person.id))!
  }

  /** The secret that the person's authenticator has: whichever was enrolled last. */
  async secretOf(someone: Someone): Promise<string | undefined> {
    const factor = codeFactors(await this.accountOf(someone)).find(
      ({ disabledAt }) => disabledAt === undefined,
    )
    return factor && this.rekey.app.services.ring.open(factor.secret, factor.id)
  }

  async passwordOf({ person, passwords }: Someone): Promise<string> {
    const { passwordHash } = (await this.site.store.people.get(person.id))!
    for (const password of passwords)
      if (await this.rekey.app.services.passwords.verify(passwordHash, password)) return password
    throw new Error('none of the passwords is right')
  }

  mailsOf({ person }: Someone): Mail[] {
    return this.rekey.mail.mails.filter(({ to }) => to === person.email)
  }

  /** The mail that holds the person's newest code, and the case that it is for. */
  async codeMail(someone: Someone): Promise<{ case: string; code: string } | undefined> {
    const mail = this.mailsOf(someone).findLast(
      ({ text }) => /^\d{6}$/m.test(text) && text.includes('/disavow/'),
    )
    const found = mail && (await this.caseOfLink(mail.text, 'disavow'))
    return found === undefined ? undefined : { case: found, code: /^\d{6}$/m.exec(mail!.text)![0] }
  }

  /** The newest link by which a super admin was asked about someone. */
  async approveLink(admin: Someone, about: Someone): Promise<{ case: string; url: string } | undefined> {
    for (const { text } of this.mailsOf(admin).toReversed()) {
      const url = /https?:\/\/\S+\/recovery\/approve\/\S+/.exec(text)?.[0]
      const id = url && (await this.caseOfLink(text, 'approve'))
      if (id && (await this.site.store.cases.get(id))?.account === about.person.id) return { case: id, url }
    }
    return undefined
  }

  async caseOfLink(text: string, purpose: string): Promise<string | undefined> {
    const token = new RegExp(`/recovery/${purpose}/([\\w-]{43})`).exec(text)?.[1]
    return token && (await this.site.store.links.get(tokenHash(token)))?.case
  }

  async newestCase({ person }: Someone) {
    return (await this.site.store.cases.find('account', person.id)).at(-1)
  }
}
