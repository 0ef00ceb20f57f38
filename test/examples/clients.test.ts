import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { Readable } from 'node:stream'
import { expect } from 'chai'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { Browser } from '../support/browser.ts'
import { commandOf, examples } from '../support/client-commands.ts'
import { getReset } from '../support/journeys.ts'
import { freePorts } from '../support/process.ts'
import { embedded, type Person, type Rekey, startRekey } from '../support/rekey.ts'
import { lmdb, type Opened } from '../support/stores.ts'
import { team } from '../support/team.ts'

const secret = 'a-secret-of-the-tests-that-is-long-enough'

interface Registration {
  callback?: string
  /** Whether it has refresh tokens; if not, it renews a sign-in without a page. */
  refreshes?: false
  metadata?: { token_endpoint_auth_method?: string }
}

const registrations: { [client: string]: Registration } = JSON.parse(
  readFileSync(`${examples}registrations.json`, 'utf8'),
)

/** Each says in its own way that it answers. */
async function said(stream: Readable): Promise<void> {
  let text = ''
  while (!/listening|started|resuming/i.test(text)) text += String((await once(stream, 'data'))[0])
}

/** Their sign-in begins with a form of theirs. */
const byForm = ['auth-js', 'next-auth', 'social-auth']

const isPublic = (metadata: { token_endpoint_auth_method?: string } = {}) =>
  metadata.token_endpoint_auth_method === 'none'

describe('Clients in their default configuration', () => {
  let opened: Opened
  let rekey: Rekey
  let receiver: Server
  const ports: { [client: string]: number } = {}
  const refreshed: (string | undefined)[] = []
  const told: { [client: string]: JWTPayload[] } = {}

  before(async function () {
    if (embedded) this.skip()
    const first = await freePorts(Object.keys(registrations).length + 1)
    const logoutPort = first + Object.keys(registrations).length
    const clients = Object.entries(registrations).map(([client, { callback, metadata }], index) => {
      ports[client] = first + index
      const origin = `http://localhost:${ports[client]}`
      return {
        client_id: client,
        ...(isPublic(metadata) ? {} : { client_secret: secret }),
        client_name: client,
        redirect_uris: [`${origin}${callback ?? '/callback'}`],
        post_logout_redirect_uris: [origin, `${origin}/`],
        grant_types: ['authorization_code', 'refresh_token'],
        backchannel_logout_uri: `http://localhost:${logoutPort}/${client}`,
        ...metadata,
      }
    })
    opened = await lmdb.open()
    rekey = await startRekey(opened.store, { clients })
    rekey.app.services.provider.on('grant.success', ({ oidc }) => {
      if (oidc.params?.grant_type === 'refresh_token') refreshed.push(oidc.client?.clientId)
    })
    const keys = createRemoteJWKSet(new URL(`${rekey.issuer}/jwks`))
    receiver = createServer(async (request, response) => {
      const client = request.url!.slice(1)
      const body = new URLSearchParams(Buffer.concat(await request.toArray()).toString())
      const { payload } = await jwtVerify(body.get('logout_token')!, keys, {
        issuer: rekey.issuer,
        audience: client,
        typ: 'logout+jwt',
      })
      told[client] = [...(told[client] ?? []), payload]
      response.writeHead(200).end()
    }).listen(logoutPort, '127.0.0.1')
  })
  after(async () => {
    if (embedded) return
    receiver.close()
    await rekey.stop()
    await opened.dispose()
  })

  for (const client of Object.keys(registrations))
    describe(client, () => {
      let app: ChildProcess | undefined
      const at = (path: string) => `http://localhost:${ports[client]}${path}`

      before(async function () {
        const command = commandOf(client, ports[client]!)
        if (command === undefined) {
          process.stdout.write(`    ${client} isn't installed: examples/clients/install.sh\n`)
          return this.skip()
        }
        const [file, args, env] = command
        app = spawn(file, args, {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: {
            ...process.env,
            ...env,
            ISSUER: rekey.issuer,
            CLIENT_ID: client,
            CLIENT_SECRET: secret,
            PORT: String(ports[client]),
          },
        })
        if (process.env['CLIENT_LOG'] !== undefined) app.stderr!.pipe(process.stderr)
        await Promise.race([
          said(app.stdout!),
          said(app.stderr!),
          once(app, 'exit').then(() => Promise.reject(new Error(`${client} did not start`))),
        ])
      })
      after(async () => {
        if (app === undefined || app.exitCode !== null) return
        app.kill()
        await once(app, 'exit')
      })

      const signIn = async (person: Person) => {
        const browser = new Browser()
        await browser.open(at('/login'))
        if (byForm.includes(client)) await browser.press('Sign in with Rekey')
        await browser.press('Sign in', { email: person.email, password: person.password })
        await browser.press('Verify', { code: rekey.code(person) })
        await browser.open(at('/'))
        return browser
      }

      it('signs people in with their second factor, and knows who they are', async () => {
        const person = await rekey.person()
        const user = JSON.parse((await signIn(person)).shown.text)
        expect(user).to.include({ email: person.email, name: person.name })
      })

      it('refreshes', async () => {
        const browser = await signIn(await rekey.person())
        await browser.open(at('/refresh'))
        expect(JSON.parse(browser.shown.text)).to.deep.equal({ refreshed: true })
        if (registrations[client]!.refreshes !== false) expect(refreshed).to.include(client)
      })

      it('signs out', async () => {
        const browser = await signIn(await rekey.person())
        await browser.open(at('/logout'))
        await browser.press('Sign out')
        expect(new URL(browser.shown.url).origin).to.equal(new URL(at('/')).origin)
        await browser.open(at('/'))
        expect(JSON.parse(browser.shown.text)).to.deep.equal({})
      })

      it('is told of a reset', async () => {
        const { person, admin } = await team(rekey)
        await signIn(person)
        await getReset(rekey, person, admin)
        await rekey.work()
        expect(told[client]?.filter(({ sub }) => sub === person.id)).to.have.length(1)
      })
    })
})
