import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { createGuardedFetch, endpointFault } from '../../adapters/guarded-fetch.ts'
import { newBackupCodes } from '../../adapters/secrets/backup-codes.ts'
import { rememberedCosts } from '../../adapters/secrets/foreign-costs.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import { newTotpSecret, totpCode } from '../../adapters/secrets/totp.ts'
import { listOwnPerson } from '../../adapters/store/listings.ts'
import type { Store } from '../../adapters/store/store.ts'
import { type Account, agent, operatorMark } from '../../rules/account.ts'
import { replaceBackupCodes } from '../../rules/backup-codes.ts'
import type { Membership } from '../../rules/membership.ts'
import type { OrganizationPolicy } from '../../rules/organization.ts'
import { type App, createApp } from '../../standalone/app.ts'
import { readConfig } from '../../standalone/config.ts'
import { openDelivery } from '../../standalone/open-delivery.ts'
import { keep, type Told } from './accounts.ts'
import { createHost, mountPath } from './embedding.ts'
import { type MailServer, startMailServer } from './mail-server.ts'
import { type RelyingApp, startRelyingApp } from './relying-app.ts'
import type { ConnectedProofing } from './simulator.ts'
import type { Twilio } from './twilio.ts'

export interface Person {
  id: string
  name: string
  email: string
  password: string
  /** Empty when the person has no second factor. */
  secret: string
  backupCodes: string[]
  /** Undefined where nobody knows it. */
  birthDate?: string
}

export interface Rekey {
  app: App
  issuer: string
  mail: MailServer
  /** A relying app with an endpoint for logout tokens. */
  rp: RelyingApp
  /** Further relying apps, by their client_id. */
  others: { [client: string]: RelyingApp }
  store: Store
  now(): number
  /** Moves time forward, in milliseconds. */
  advance(milliseconds: number): void
  /** Does everything that is due now, as the worker would a moment later. */
  work(): Promise<void>
  organization(name: string, policy?: OrganizationPolicy): Promise<string>
  person(options?: PersonOptions): Promise<Person>
  account(person: Person): Promise<Account>
  /** The code that the person's authenticator shows in the next time step that was not used yet. */
  code(person: Pick<Person, 'secret'>): string
  /** Lines of the log, and everything that failed. */
  logged: string[]
  /** As a killed process leaves it: nothing is finished, nothing is said. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export interface PersonOptions {
  name?: string
  /** Without a second factor. */
  bare?: boolean
  /** Numbers, E.164; those in `calls` take calls only. */
  texts?: string[]
  calls?: string[]
  /** Without an authenticator app. */
  phoneOnly?: boolean
  status?: Account['status']
  supportAgent?: boolean
  operator?: boolean
  /** YYYY-MM-DD; null where nobody knows it. */
  birthDate?: string | null
  givenName?: string
  familyName?: string
  locale?: 'en' | 'ja'
  /** When they last answered a check-up; now if left out. */
  checkedUpAt?: number
  addresses?: string[]
  memberships?: {
    organization: string
    role?: 'super_admin' | 'member'
    since?: number
    superAdminSince?: number
  }[]
}

/** The same stories on a host that has a provider already: REKEY_EMBEDDED=1; with a login page of its own: =login. */
export const embedded = ['1', 'login'].includes(process.env['REKEY_EMBEDDED'] ?? '')

/** What argon2 really costs would be half of the time of many tests; test/adapters/passwords.test.ts has the real ones. */
const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 }

let count = 0
const day = 86_400_000

/** Rekey on a store, as a whole: HTTP server, mail server and a relying app, all real. */
export async function startRekey(
  store: Store,
  options: {
    clients?: object[]
    /** Further relying apps: their client metadata by their client_id. */
    others?: { [client: string]: object }
    signInsPerMinute?: number
    config?: object
    keys?: { id: string; key: string }[]
    mail?: MailServer
    /** Of a Rekey that was stopped or has died, so that this one goes on in its place. */
    port?: number
    /** Its address as others see it, where a proxy stands before it. */
    issuer?: string
    rp?: RelyingApp
    /** Connects a provider of identity verification. */
    proofing?: (issuer: string, store: Store) => Promise<ConnectedProofing>
    clock?: { offset: number }
    /** Takes texts and calls, and listens from now on. */
    twilio?: Twilio
    /** Other settings of texts and calls. */
    phone?: object
    /** Without anybody at the support desk. */
    noAgents?: true
    /** The least that is logged; 'warn' if left out. */
    level?: string
  } = {},
): Promise<Rekey> {
  const clock = options.clock ?? { offset: 0 }
  const now = () => Date.now() + clock.offset
  const server = createServer().listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  // No browser goes on with a connection to the one before.
  if (options.port !== undefined) server.maxRequestsPerSocket = 1
  const issuer =
    options.issuer ?? `http://localhost:${(server.address() as AddressInfo).port}${embedded ? mountPath : ''}`
  const mail = options.mail ?? (await startMailServer())
  const rp = options.rp ?? (await startRelyingApp(issuer))
  const others: Rekey['others'] = {}
  for (const [client, metadata] of Object.entries(options.others ?? {}))
    others[client] = await startRelyingApp(issuer, client, metadata)
  const apps = [rp, ...Object.values(others)]
  await options.twilio?.listen()
  const config = readConfig({
    issuer,
    ...(options.twilio === undefined
      ? {}
      : { phone: { countries: ['JP', 'US', 'GB'], twilio: options.twilio.settings, ...options.phone } }),
    keys: options.keys ?? [{ id: 'test', key: randomBytes(32).toString('base64url') }],
    mail: { url: mail.url, from: 'Rekey <id@rekey.example>' },
    clients: [...apps.map((one) => one.client), ...(options.clients ?? [])],
    fetchHosts: ['localhost'],
    signInsPerMinute: options.signInsPerMinute ?? 10_000,
    ...options.config,
  })
  const logged: string[] = []
  const log = pino({ level: options.level ?? 'warn' }, { write: (line: string) => logged.push(line) })
  const allowed = config.fetchHosts
  const ways = {
    issuer,
    store,
    ring: createKeyRing(config.keys),
    clock: now,
    fetch: createGuardedFetch({ allowed }),
    refuses: (endpoint: string) => endpointFault(endpoint, allowed),
  }
  const delivery = await openDelivery(ways, { mail: config.mail!, twilio: config.phone?.twilio })
  const connected = await options.proofing?.(issuer, store)
  const app = await (embedded ? createHost : createApp)({
    config,
    store,
    delivery,
    ...(connected === undefined ? {} : { proofing: connected.proofing }),
    clock: now,
    log,
    passwords: createPasswords(undefined, rememberedCosts(store, now), cheap),
  })
  server.on('request', app.listener)
  if (!options.noAgents && (await store.protections.find('agents', 'support', { limit: 1 })).length === 0)
    await keep(store, someAgent(now()))
  const lastSteps = new Map<string, number>()
  const shut = async () => {
    await close(server)
    await connected?.stop()
    await Promise.all(apps.map((one) => (one === options.rp ? undefined : one.stop())))
  }
  const rekey: Rekey = {
    app,
    issuer,
    mail,
    rp,
    others,
    store,
    now,
    logged,
    advance: (milliseconds) => {
      clock.offset += milliseconds
    },
    work: () => app.work(),
    organization: async (name, policy = {}) => {
      const id = `org-${++count}`
      await store.organizations.insert({ id, name, policy, createdAt: now() - 1000 * day })
      return id
    },
    person: (wanted = {}) => addPerson(app, now, wanted),
    account: async (person) => (await app.services.accounts.get(person.id))!,
    code: (person) => {
      // Each step is accepted once, and one step ahead is tolerated: two codes at once, then time must pass.
      const current = Math.floor(now() / 30_000)
      const step = Math.max(current, (lastSteps.get(person.secret) ?? 0) + 1)
      if (step > current + 1) clock.offset += (step - current) * 30_000
      lastSteps.set(person.secret, step)
      return totpCode(person.secret, step * 30_000)
    },
    kill: async () => {
      await shut()
    },
    stop: async () => {
      await shut()
      // A process whose store has died can't write its last.
      await app
        .stop()
        .finally(() => delivery.close())
        .finally(() => options.twilio?.stop())
      if (options.mail === undefined) await mail.stop()
    },
  }
  return rekey
}

/** Somebody is at the support desk, whoever else is. */
function someAgent(at: number): Told {
  const email = 'desk@support.example'
  const addresses = [{ address: email, verifiedAt: at }]
  const nobody = { factors: [], throttles: {}, effects: [], passwordHash: '' }
  return {
    id: 'some-agent',
    email,
    name: 'Desk',
    status: 'active',
    createdAt: at,
    validAfter: at,
    addresses,
    ...agent,
    ...nobody,
  }
}

async function close(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close').catch(() => {})
}

async function addPerson({ services }: App, now: () => number, wanted: PersonOptions): Promise<Person> {
  const id = `p${++count}`
  const { store, ring, passwords } = services
  const person: Person = {
    id,
    name: wanted.name ?? `Person ${count}`,
    email: `${id}@people.example`,
    password: `quiet-harbour-${id}`,
    secret: wanted.bare ? '' : newTotpSecret(),
    backupCodes: wanted.bare ? [] : newBackupCodes(),
    birthDate: wanted.birthDate === null ? undefined : (wanted.birthDate ?? `19${50 + (count % 50)}-02-03`),
  }
  const since = now() - 500 * day
  const bare: Told = {
    id,
    email: person.email,
    name: person.name,
    status: wanted.status ?? 'active',
    createdAt: since,
    passwordHash: await passwords.hash(person.password),
    addresses: [person.email, ...(wanted.addresses ?? [])].map((address) => ({ address, verifiedAt: since })),
    ...(wanted.locale ? { locale: wanted.locale } : {}),
    ...(wanted.supportAgent ? agent : {}),
    ...(wanted.operator ? operatorMark : {}),
    birthDate: person.birthDate,
    givenName: wanted.givenName,
    familyName: wanted.familyName,
    factors: [],
    throttles: {},
    checkUp: { at: wanted.checkedUpAt ?? now() },
    validAfter: since,
    effects: [],
  }
  const factor = {
    id: `${id}-totp`,
    kind: 'totp' as const,
    name: '',
    secret: ring.seal(person.secret, `${id}-totp`),
    createdAt: since,
  }
  const phones = [
    ...(wanted.texts ?? []).map((number) => ({ number, kind: 'sms' as const })),
    ...(wanted.calls ?? []).map((number) => ({ number, kind: 'voice' as const })),
  ].map((phone, index) => ({ ...phone, id: `${id}-phone-${index}`, name: '', createdAt: since }))
  const secured = replaceBackupCodes(
    { ...bare, noticeAddresses: [], factors: [...(wanted.phoneOnly ? [] : [factor]), ...phones] },
    person.backupCodes,
    ring.hash,
    since,
  )
  const { throttles, factors, backupCodes } = secured
  await keep(
    store,
    wanted.bare
      ? bare
      : { ...bare, throttles, factors, backupCodes: { ...backupCodes!, confirmedAt: since } },
  )
  for (const membership of wanted.memberships ?? [])
    await store.memberships.insert(membershipOf(id, membership, since))
  await listOwnPerson(store, id)
  return person
}

function membershipOf(
  account: string,
  wanted: NonNullable<PersonOptions['memberships']>[number],
  since: number,
): Membership {
  const { organization, role = 'member' } = wanted
  const membership = {
    id: `${organization}:${account}`,
    organization,
    account,
    role,
    since: wanted.since ?? since,
  }
  if (role === 'member') return membership
  return {
    ...membership,
    superAdminOf: organization,
    superAdminSince: wanted.superAdminSince ?? membership.since,
  }
}
