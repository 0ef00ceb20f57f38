import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { type CompactJWSHeaderParameters, CompactSign } from 'jose'
import { totpCode } from '../../adapters/secrets/totp.ts'

/** A request as the authenticator shows it. */
export interface Request {
  id: string
  app: string
  origin: { address: string; browser: string; system: string }
  createdAt: number
  expiresAt: number
}

export interface Said {
  status: number
  body: { error?: string; state?: string; now?: number; [name: string]: unknown }
}

type Claims = { [claim: string]: unknown }

const agent =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36'

/** The authenticator without a browser: a key, and what it signs. Each method sends one request. */
export class PhoneApp {
  readonly #key: KeyObject
  readonly jwk: { kty: string; crv: string; x: string; y: string }
  readonly issuer: string
  readonly now: () => number
  id?: string
  account?: string
  secret = ''

  constructor(issuer: string, now: () => number = Date.now) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#key = privateKey
    this.jwk = publicKey.export({ format: 'jwk' }) as PhoneApp['jwk']
    this.issuer = issuer
    this.now = now
  }

  /** A signed request. `claims` and `header` may say something else than an honest device would. */
  proof(path: string, claims: Claims = {}, header: Claims = {}): Promise<string> {
    const named = this.id === undefined ? { jwk: this.jwk } : { kid: this.id }
    const payload = {
      jti: randomUUID(),
      iat: Math.floor(this.now() / 1000),
      htm: 'POST',
      htu: `${this.issuer}/authenticator/${path}`,
      ...(this.account === undefined ? {} : { sub: this.account }),
      ...claims,
    }
    return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({
        typ: 'device+jwt',
        alg: 'ES256',
        ...named,
        ...header,
      } as CompactJWSHeaderParameters)
      .sign(this.#key)
  }

  async send(path: string, body: object, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.issuer}/authenticator/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': agent },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    })
  }

  async ask(path: string, claims: Claims = {}): Promise<Said> {
    return said(await this.send(path, { proof: await this.proof(path, claims) }))
  }

  /** Opens the link of a QR code. */
  async open(link: string): Promise<Said> {
    const answer = await this.ask('pair', { pair: new URL(link).hash.replace('#pair=', '') })
    if (answer.status === 200) this.id = String(answer.body.id)
    return answer
  }

  async typePairing(number: string): Promise<Said> {
    const answer = await this.ask('pair/confirm', { number })
    if (answer.status !== 200) return answer
    this.account = String(answer.body.account)
    this.secret = String(answer.body.secret)
    return answer
  }

  /** What the app is told first when it is opened. */
  async look(): Promise<{ state: string; prompts: Request[] }> {
    const leaving = new AbortController()
    const told = await this.listen(leaving.signal)
    const first = await told()
    leaving.abort()
    return first
  }

  /** Keeps the app open: each call waits for what it is told next. */
  async listen(signal: AbortSignal): Promise<() => Promise<{ state: string; prompts: Request[] }>> {
    const response = await this.send('events', { proofs: [await this.proof('events')] }, signal)
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let rest = ''
    return async () => {
      while (!rest.includes('\n\n')) {
        const { done, value } = await reader.read()
        if (done) throw new Error('the stream has ended')
        rest += value
      }
      const [event = '', ...others] = rest.split('\n\n')
      rest = others.join('\n\n')
      const { [this.id!]: own } = JSON.parse(event.replace('data: ', ''))
      return { prompts: [], ...own }
    }
  }

  /** The request that is shown first. */
  async request(): Promise<Request> {
    const [first] = (await this.look()).prompts
    if (first === undefined) throw new Error('nobody asks')
    return first
  }

  approve(prompt: string, number: string): Promise<Said> {
    return this.ask('answer', { prompt, decision: 'approve', number })
  }

  notMe(prompt: string): Promise<Said> {
    return this.ask('answer', { prompt, decision: 'not_me' })
  }

  /** The code that needs no connection. */
  code(time = this.now()): string {
    return totpCode(this.secret, time)
  }
}

export async function said(response: Response): Promise<Said> {
  return { status: response.status, body: (await response.json()) as Said['body'] }
}
