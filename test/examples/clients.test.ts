import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { Readable } from 'node:stream'
import { expect } from 'chai'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { Browser } from '../support/browser.ts'
import { getReset } from '../support/journeys.ts'
import { freePorts } from '../support/process.ts'
import { embedded, type Person, type Rekey, startRekey } from '../support/rekey.ts'
import { lmdb, type Opened } from '../support/stores.ts'
import { team } from '../support/team.ts'

const cache = new URL('../../node_modules/.cache/clients/', import.meta.url).pathname
const examples = new URL('../../examples/clients/', import.meta.url).pathname
const secret = 'a-secret-of-the-tests-that-is-long-enough'

interface Registration {
  callback?: string
  metadata?: { token_endpoint_auth_method?: string }
}

const registrations: { [client: string]: Registration } = JSON.parse(
  readFileSync(`${examples}registrations.json`, 'utf8'),
)

/** A program of Debian's packages, which lie unpacked in a folder, with the libraries beside it. */
function unpacked(name: string, program: string, args: string[], env: object): Command | undefined {
  const root = `${cache}${name}`
  if (!existsSync(`${root}${program}`)) return undefined
  const libraries = readdirSync(`${root}/usr/lib`).filter((one) => one.endsWith('-linux-gnu'))
  const LD_LIBRARY_PATH = libraries.map((one) => `${root}/usr/lib/${one}`).join(':')
  return [`${root}${program}`, args, { LD_LIBRARY_PATH, ...env }]
}

function apache(): Command | undefined {
  const [here, run] = [`${examples}mod_auth_openidc`, `${cache}apache/run`]
  const args = ['-f', `${here}/httpd.conf`, '-DFOREGROUND', '-DDRIVEN']
  const command = unpacked('apache', '/usr/sbin/apache2', args, {
    ROOT: `${cache}apache`,
    RUN: run,
    HERE: here,
  })
  if (command !== undefined) mkdirSync(run, { recursive: true })
  return command
}

function ruby(): Command | undefined {
  const lib = `${cache}ruby/usr/lib`
  if (!existsSync(lib)) return undefined
  const native = readdirSync(lib).filter((one) => one.endsWith('-linux-gnu'))
  const paths = native.flatMap((one) => [`${one}/ruby/3.1.0`, `${one}/ruby/vendor_ruby/3.1.0`])
  const RUBYLIB = ['ruby/vendor_ruby', 'ruby/3.1.0', ...paths].map((one) => `${lib}/${one}`).join(':')
  const gems = ['share/rubygems-integration/all', 'share/rubygems-integration/3.1.0', 'lib/ruby/gems/3.1.0']
  const GEM_PATH = gems.map((one) => `${cache}ruby/usr/${one}`).join(':')
  return unpacked('ruby', '/usr/bin/ruby3.1', [`${examples}omniauth-openid-connect/main.rb`], {
    RUBYLIB,
    GEM_PATH,
  })
}

const packagesOfPhp: { [client: string]: string } = {
  jumbojett: 'jumbojett/openid-connect-php',
  'league-oauth2-client': 'league/oauth2-client',
}

function php(client: string, port: number): Command | undefined {
  const vendor = `${cache}php/vendor`
  if (!existsSync(`${vendor}/${packagesOfPhp[client]}`)) return undefined
  const extensions = `${cache}php/usr/lib/php/20220829`
  const loaded = ['curl', 'mbstring'].flatMap((one) => ['-d', `extension=${one}`])
  const sessions = `${cache}php/sessions`
  mkdirSync(sessions, { recursive: true })
  const settings = ['-d', `extension_dir=${extensions}`, '-d', `session.save_path=${sessions}`, ...loaded]
  const args = ['-n', ...settings, '-S', `localhost:${port}`]
  return unpacked('php', '/usr/bin/php8.2', [...args, `${examples}${client}/main.php`], {
    PHP_PACKAGES: vendor,
  })
}

type Command = [file: string, args: string[], env: object]

/** How a client is started, where it is installed. */
function commandOf(client: string, port: number): Command | undefined {
  if (client === 'mod_auth_openidc') return apache()
  if (client === 'omniauth-openid-connect') return ruby()
  if (client in packagesOfPhp) return php(client, port)
  if (client === 'go-oidc')
    return existsSync(`${cache}go/go-oidc`) ? [`${cache}go/go-oidc`, [], {}] : undefined
  if (client === 'authlib')
    return existsSync(`${cache}python-packages/authlib`)
      ? ['python3', [`${examples}authlib/main.py`], { PYTHONPATH: `${cache}python-packages` }]
      : undefined
  const needs = client === 'auth-js' ? '@auth/express' : client
  if (!existsSync(`${cache}node_modules/${needs}`)) return undefined
  // Packages are looked for beside the file.
  copyFileSync(`${examples}${client}/main.js`, `${cache}${client}.mjs`)
  return [process.execPath, [`${cache}${client}.mjs`], {}]
}

/** Each says in its own way that it answers. */
async function said(stream: Readable): Promise<void> {
  let text = ''
  while (!/listening|started|resuming/.test(text)) text += String((await once(stream, 'data'))[0])
}

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
        if (client === 'auth-js') await browser.press('Sign in with Rekey')
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
        expect(refreshed).to.include(client)
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
