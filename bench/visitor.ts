import { Pool } from 'undici'
import { totpCode } from '../adapters/secrets/totp.ts'
import { basic, challenge, emailOf, password, people, redirectUri, totpSecret, verifier } from './scene.ts'

interface Answer {
  status: number
  location: string
  text: string
}

interface Tokens {
  access_token: string
  refresh_token: string
  id_token: string
}

type Client = 'web' | 'spa'

/** A browser and an app behind it, as fast as they can be: kept connections, the few cookies that matter, no parser. */
export class Visitor {
  readonly #pool: Pool
  readonly #host: string | undefined
  readonly #cookies = new Map<string, { value: string; path: string }>()
  #person = 0
  readonly #known: number[] = []
  #page?: { path: string; shown: Answer }
  tokens?: Tokens

  /** @param host what the server is known as, if not by its address. */
  constructor(pool: Pool, host?: string) {
    this.#pool = pool
    this.#host = host
  }

  static pool(address: string, connections: number): Pool {
    return new Pool(address, { connections, pipelining: 1 })
  }

  /** From the app to the password page, through every page there is, and back with tokens. */
  async signIn(client: Client = 'web'): Promise<void> {
    await this.openPage(client)
    await this.#proveAndRedeem(client)
  }

  async #proveAndRedeem(client: Client): Promise<void> {
    let at = await this.sendPassword()
    if (at.location.includes('/interaction/')) {
      const second = await this.#get(at.location)
      at = await this.#submit(at.location, 'totp', second, { code: await codeOf(this.#person) })
    }
    await this.#redeem(client, await this.#get(at.location))
  }

  /** People who sign in from one browser, one after the other. */
  async becomeKnown(count: number): Promise<void> {
    for (let known = 0; known < count; known += 1) {
      this.#person = nextPerson()
      this.#known.push(this.#person)
      await this.signInAgain()
    }
  }

  /** The next of them, in whom no session is left. */
  async signInKnown(): Promise<void> {
    this.#person = this.#known.shift()!
    this.#known.push(this.#person)
    await this.signInAgain()
  }

  /** The same person in the same browser, in which no session is left. */
  async signInAgain(client: Client = 'web'): Promise<void> {
    for (const [key, { value }] of this.#cookies) if (!/device/i.test(value)) this.#cookies.delete(key)
    await this.#open(client)
    await this.#proveAndRedeem(client)
  }

  /** Someone who isn't signed in opens the page that asks for the password. */
  async openPage(client: Client = 'web'): Promise<void> {
    this.#cookies.clear()
    this.#person = nextPerson()
    await this.#open(client)
  }

  async #open(client: Client): Promise<void> {
    const { location } = await this.#get(authorizePath(client))
    this.#page = { path: location, shown: await this.#get(location) }
  }

  async sendPassword(): Promise<Answer> {
    const { path, shown } = this.#page!
    return this.#submit(path, 'password', shown, { email: emailOf(this.#person), password })
  }

  /** Another app asks who this is: an authorization request with a session, and the exchange of the code. */
  async authorize(client: Client = 'web'): Promise<void> {
    await this.#redeem(client, await this.#get(authorizePath(client)))
  }

  async refresh(): Promise<void> {
    const grant = { grant_type: 'refresh_token', refresh_token: this.tokens!.refresh_token, client_id: 'spa' }
    const { refresh_token: before } = this.tokens!
    this.tokens = JSON.parse(expectStatus(await this.#post('/token', grant), 200).text)
    if (this.tokens!.refresh_token === before) throw new Error('the refresh token was not rotated')
  }

  async introspect(): Promise<void> {
    const { text } = await this.#post('/token/introspection', { token: this.tokens!.access_token }, true)
    if (!text.startsWith('{"active":true')) throw new Error(`not active: ${text}`)
  }

  async userinfo(): Promise<void> {
    const { text } = await this.#ask('GET', '/me', undefined, `Bearer ${this.tokens!.access_token}`)
    if (!text.startsWith('{"sub"')) throw new Error(`not userinfo: ${text}`)
  }

  async #redeem(client: Client, { location }: Answer): Promise<void> {
    const code = /[?&]code=([^&]+)/.exec(location)?.[1]
    if (code === undefined) throw new Error(`no code in ${location}`)
    const grant = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }
    const answered = await this.#post(
      '/token',
      client === 'spa' ? { ...grant, client_id: client } : grant,
      client === 'web',
    )
    this.tokens = JSON.parse(expectStatus(answered, 200).text)
    if (this.tokens!.id_token === undefined || this.tokens!.refresh_token === undefined)
      throw new Error('tokens are missing')
  }

  /** Sends the form of a page: Rekey's has a token of its own and an address for each step. */
  async #submit(
    path: string,
    step: string,
    page: Answer,
    fields: { [name: string]: string },
  ): Promise<Answer> {
    const form = /name="form" value="([^"]+)"/.exec(page.text)?.[1]
    if (form === undefined) return this.#post(path, fields)
    if (!page.text.includes(`${path}/${step}"`)) throw new Error(`not the page for ${step}: ${page.text}`)
    return this.#post(`${path}/${step}`, { form, ...fields })
  }

  #get(path: string): Promise<Answer> {
    return this.#ask('GET', path)
  }

  #post(path: string, fields: { [name: string]: string }, asWeb = false): Promise<Answer> {
    return this.#ask('POST', path, new URLSearchParams(fields).toString(), asWeb ? basic : undefined)
  }

  async #ask(method: 'GET' | 'POST', url: string, body?: string, authorization?: string): Promise<Answer> {
    const path = url.startsWith('http') ? url.slice(url.indexOf('/', 8)) : url
    const headers: { [name: string]: string } = { accept: '*/*', 'user-agent': agent }
    if (this.#host !== undefined) headers.host = this.#host
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded'
    if (authorization !== undefined) headers.authorization = authorization
    else headers.cookie = this.#cookiesFor(path)
    const response = await this.#pool.request({ method, path, headers, body })
    for (const cookie of [response.headers['set-cookie'] ?? []].flat()) this.#keep(cookie)
    const text = await response.body.text()
    if (response.statusCode >= 400) throw new Error(`${response.statusCode} for ${method} ${path}: ${text}`)
    return { status: response.statusCode, location: String(response.headers.location ?? ''), text }
  }

  #keep(cookie: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
    const path = /; path=([^;]+)/i.exec(cookie)?.[1] ?? '/'
    if (value === '') this.#cookies.delete(`${name} ${path}`)
    else this.#cookies.set(`${name} ${path}`, { value: `${name}=${value}`, path })
  }

  #cookiesFor(path: string): string {
    return [...this.#cookies.values()]
      .filter((cookie) => path.startsWith(cookie.path))
      .map((cookie) => cookie.value)
      .join('; ')
  }
}

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

const authorizePath = (client: Client): string =>
  `/auth?${new URLSearchParams({
    client_id: client,
    response_type: 'code',
    scope: 'openid email profile',
    redirect_uri: redirectUri,
    state: 'af0ifjsldkj',
    nonce: 'n-0S6_WzA2Mj',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })}`

function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text}`)
  return answer
}

let last = 0
function nextPerson(): number {
  last = (last + 1) % people
  return last
}

/** The last time step each person used: the next one must be later, and at most one ahead of the clock. */
const usedSteps = new Map<number, number>()
const period = 30_000

async function codeOf(person: number): Promise<string> {
  const step = Math.max(Math.floor(Date.now() / period), (usedSteps.get(person) ?? 0) + 1)
  while (step > Math.floor(Date.now() / period) + 1) await new Promise((done) => setTimeout(done, 100))
  usedSteps.set(person, step)
  return totpCode(totpSecret, step * period)
}
