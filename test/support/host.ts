import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Configuration, Provider } from 'oidc-provider'
import { smtp } from '../../adapters/delivery/smtp/delivery.ts'
import type { Listed } from '../../adapters/people/map.ts'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { lmdb } from '../../adapters/store/lmdb/store.ts'
import { type PluginOptions, type Rekey, rekey } from '../../index.ts'
import { Browser } from './browser.ts'
import { secretOn } from './journeys.ts'
import { type MailServer, startMailServer } from './mail-server.ts'
import { type RelyingApp, startRelyingApp } from './relying-app.ts'
import type { ProcessClock } from './time.ts'

/** A host of its own with the plugin, as docs/plugin.md has it: people in a Map, everything over HTTP. */
export interface Host {
  issuer: string
  /** Where the provider is. */
  base: string
  origin: string
  recovery: Rekey
  provider: Provider
  mail: MailServer
  rp: RelyingApp
  people: Map<string, Listed>
  stop(): Promise<void>
}

export interface HostOptions {
  path?: string
  /** The path of the issuer, if it is another than that of the mount. */
  issuerPath?: string
  /** How the provider is mounted. */
  mount(provider: Provider, path: string, recovery: Rekey): RequestListener | Promise<RequestListener>
  people?: Map<string, Listed>
  options?:
    | Partial<PluginOptions>
    | ((origin: string) => Partial<PluginOptions> | Promise<Partial<PluginOptions>>)
  configuration?: Configuration
  /** Puts something before the host: where it listens, to where people find it. */
  front?(listening: string): Promise<string>
}

const since = Date.parse('2025-01-01')

/** Ada is super admin, Ben and Cleo are members. */
export const somePeople = (): Map<string, Listed> =>
  new Map([
    ['1', { login: 'ada@host.example', name: 'Ada', password: 'ada-and-a-long-password' }],
    ['2', { login: 'ben@host.example', name: 'Ben', password: 'ben-and-a-long-password' }],
    ['3', { login: 'cleo@host.example', name: 'Cleo', password: 'cleo-and-a-long-password' }],
  ])

const organization = { id: 'host', name: 'The Host' }
const belonging = (id: string) => ({
  organization,
  role: id === '1' ? ('super_admin' as const) : ('member' as const),
  since,
})

export async function startHost({ path = '', people = somePeople(), ...given }: HostOptions): Promise<Host> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const listening = `http://localhost:${(server.address() as AddressInfo).port}`
  const origin = (await given.front?.(listening)) ?? listening
  const issuer = `${origin}${given.issuerPath ?? path}`
  const base = `${origin}${path}`
  const [mail, rp, folder] = await Promise.all([
    startMailServer(),
    startRelyingApp(issuer, 'app', {}, base),
    mkdtemp(join(tmpdir(), 'rekey-')),
  ])
  const more = typeof given.options === 'function' ? await given.options(origin) : given.options
  const recovery = await rekey({
    issuer,
    path: given.issuerPath === undefined ? undefined : path || '/',
    brand: { name: 'Example' },
    people,
    organizations: {
      of: async (person) => (people.has(person) ? [belonging(person)] : []),
      superAdmins: async function* () {
        yield '1'
      },
    },
    store: lmdb({ path: folder }),
    delivery: { mail: smtp(mail.url, 'Example <id@example.com>') },
    keys: [{ id: '2026-11', key: randomBytes(32).toString('base64url') }],
    fetchHosts: ['localhost'],
    ...more,
  })
  const provider = new Provider(
    recovery.issuer,
    recovery.configure({ clients: [rp.client as never], ...given.configuration }),
  )
  recovery.attach(provider)
  server.on('request', await given.mount(provider, path, recovery))
  return {
    issuer,
    base,
    origin,
    recovery,
    provider,
    mail,
    rp,
    people,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await recovery.stop()
      await Promise.all([rp.stop(), mail.stop()])
      await rm(folder, { recursive: true })
    },
  }
}

export const ben = { email: 'ben@host.example', password: 'ben-and-a-long-password' }

/** Signs Ben in at the app, again and again: the first time he sets up the authenticator that is asked for from then on. */
export function benSigningIn(host: Host, clock: ProcessClock) {
  let code: (() => string) | undefined
  return async () => {
    const browser = new Browser()
    await host.rp.start(browser)
    await browser.press('Sign in', ben)
    if (code === undefined) {
      code = authenticator(secretOn(browser), clock)
      await browser.press('Turn on', { code: code() })
      await browser.press('Continue', { saved: 'yes' })
    } else await browser.press('Verify', { code: code() })
    if (browser.shown.document.querySelector('button[value=allow]')) await browser.press('Allow')
    return { browser, ...(await host.rp.finish(browser)) }
  }
}

/** Codes of an authenticator app, each time step once: where the next is too far ahead, time passes. */
export function authenticator(secret: string, clock: ProcessClock): () => string {
  let last = 0
  return () => {
    const current = Math.floor(Date.now() / 30_000)
    const step = Math.max(current, last + 1)
    if (step > current + 1) clock.offset += (step - current) * 30_000
    last = step
    return totpCode(secret, step * 30_000)
  }
}
