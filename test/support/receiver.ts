import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { Account } from '../../rules/account.ts'
import { personWithStatus } from '../../rules/account-status.ts'
import { pollMethod, pushMethod } from '../../rules/stream.ts'
import type { Person, Rekey } from './rekey.ts'

export interface Pushed {
  headers: IncomingHttpHeaders
  body: string
}

export interface Answer {
  status: number
  body?: object
  headers?: { [name: string]: string }
}

export interface Reply {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the tests look into
  body: any
}

/** What a receiver is registered as. */
export const receiverClient = (id: string, scope = 'ssf.manage ssf.read') => ({
  client_id: id,
  client_secret: 'a secret of the tests, long enough',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  scope,
})

/** A receiver of security events: a real endpoint for pushes, and a client of the management API. */
export class Receiver {
  readonly id: string
  /** Security events in the order they were verified and accepted. */
  readonly events: JWTPayload[] = []
  /** Everything that came, as it came. */
  readonly pushed: Pushed[] = []
  /** How the next pushes are answered; 202 when there is nothing left. */
  answers: Answer[] = []
  rekey!: Rekey
  /** Issuers whose events count: the port of a process that starts again is another one. */
  issuers: string[] = []
  #waiting: (() => void)[] = []
  #server = createServer((request, response) => {
    this.#receive(request).then(
      ({ status, body, headers }) => response.writeHead(status, headers).end(body && JSON.stringify(body)),
      (error) =>
        response.writeHead(400).end(JSON.stringify({ err: 'invalid_request', description: String(error) })),
    )
  })

  constructor(id: string) {
    this.id = id
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  attach(rekey: Rekey): this {
    this.rekey = rekey
    this.issuers.push(rekey.issuer)
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://localhost:${this.port}/events`
  }

  async #receive(request: IncomingMessage): Promise<Answer> {
    let body = ''
    for await (const chunk of request) body += chunk
    this.pushed.push({ headers: request.headers, body })
    const answer = this.answers.shift() ?? { status: 202 }
    if (answer.status === 202) this.events.push(await this.verify(body))
    for (const release of this.#waiting.splice(0)) release()
    return answer
  }

  /** As CAEP's interoperability profile wants it of a receiver. Throws on anything that isn't such an event. */
  async verify(set: string): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(`${this.rekey.issuer}/jwks`))
    const { payload } = await jwtVerify(set, keys, {
      issuer: this.issuers,
      audience: this.id,
      typ: 'secevent+jwt',
      algorithms: ['RS256'],
    })
    const events = Object.keys((payload.events ?? {}) as object)
    if (events.length !== 1) throw new Error('not exactly one event')
    if ('sub' in payload || 'exp' in payload) throw new Error('sub or exp in a security event')
    if (!payload.jti || !payload.iat || !payload.sub_id) throw new Error('a claim is missing')
    return payload
  }

  /** Resolves when so many events were accepted, with all of them. */
  async received(count: number): Promise<JWTPayload[]> {
    while (this.events.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.events
  }

  /** Resolves when so many pushes came, whatever became of them. */
  async seen(count: number): Promise<Pushed[]> {
    while (this.pushed.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.pushed
  }

  /** An access token by the client credentials grant. */
  async token(scope = 'ssf.manage ssf.read'): Promise<string> {
    const { client_secret: secret } = receiverClient(this.id)
    const basic = Buffer.from(`${this.id}:${encodeURIComponent(secret)}`).toString('base64')
    const response = await fetch(`${this.rekey.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    })
    const answer = (await response.json()) as { access_token?: string; error?: string }
    if (answer.access_token === undefined) throw new Error(`no token: ${answer.error}`)
    return answer.access_token
  }

  /** A request to the transmitter, with a token of its own unless another is given; '' sends none. */
  async call(method: string, path: string, body?: unknown, token?: string): Promise<Reply> {
    const bearer = token ?? (await this.token())
    const response = await fetch(path.startsWith('http') ? path : `${this.rekey.issuer}${path}`, {
      method,
      headers: {
        ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }

  /** Creates a stream, and makes sure it is one. */
  async stream(wishes: object = { delivery: this.push }): Promise<string> {
    const { status, body } = await this.call('POST', '/ssf/stream', wishes)
    if (status !== 201) throw new Error(`no stream: ${status} ${JSON.stringify(body)}`)
    return body.stream_id
  }

  /** Starts over: no stream, nothing received. */
  async reset(): Promise<void> {
    for (const stream of (await this.call('GET', '/ssf/stream')).body)
      await this.call('DELETE', `/ssf/stream?stream_id=${stream.stream_id}`)
    this.events.length = 0
    this.pushed.length = 0
    this.answers = []
  }

  get push() {
    return { method: pushMethod, endpoint_url: this.url }
  }

  get poll() {
    return { method: pollMethod }
  }

  /** Polls, and verifies what comes. */
  async polled(stream: string, body: object = { returnImmediately: true }): Promise<Polled> {
    const reply = await this.call('POST', `/ssf/poll/${stream}`, body)
    if (reply.status !== 200) throw new Error(`not polled: ${reply.status}`)
    const sets = reply.body.sets as { [jti: string]: string }
    const events = await Promise.all(Object.values(sets).map((set) => this.verify(set)))
    for (const [index, jti] of Object.keys(sets).entries())
      if (events[index]!.jti !== jti) throw new Error('a token under the id of another')
    return { events, jtis: Object.keys(sets), more: reply.body.moreAvailable === true }
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

export interface Polled {
  events: JWTPayload[]
  jtis: string[]
  more: boolean
}

/** The last part of the type of an event, and what stands under it. */
export function eventIn(payload: JWTPayload): { type: string; claims: { [claim: string]: unknown } } {
  const [[type, claims]] = Object.entries(
    payload.events as { [type: string]: { [claim: string]: unknown } },
  ) as [[string, { [claim: string]: unknown }]]
  return { type: type.slice(type.lastIndexOf('/') + 1), claims }
}

export const typesOf = (events: JWTPayload[]): string[] => events.map((event) => eventIn(event).type)

/** Whom an event is about. */
export const subOf = (event: JWTPayload): string | undefined =>
  (event.sub_id as { sub?: string } | undefined)?.sub

/** The shortest way to something worth telling: `account-disabled` with `session-revoked`, or `account-enabled`. */
export async function setStatus(
  rekey: Rekey,
  person: Person,
  status: Account['status'],
  options: { settle?: boolean } = {},
): Promise<void> {
  const change = { id: `status:${randomUUID()}`, at: rekey.now() }
  await rekey.store.people.update(person.id, (current) => [
    current && personWithStatus(current, status, change),
    undefined,
  ])
  if (options.settle !== false) await rekey.app.services.effects.settle('people', person.id)
}

/** Every request that names a stream: method, path and body. */
export function everyWay(id: string): [method: string, path: string, body?: object][] {
  const subject = { format: 'email', email: 'someone@people.example' }
  return [
    ['GET', `/ssf/stream?stream_id=${id}`],
    ['GET', `/ssf/status?stream_id=${id}`],
    ['PATCH', '/ssf/stream', { stream_id: id }],
    ['PUT', '/ssf/stream', { stream_id: id }],
    ['POST', '/ssf/status', { stream_id: id, status: 'enabled' }],
    ['POST', '/ssf/subjects/add', { stream_id: id, subject }],
    ['POST', '/ssf/subjects/remove', { stream_id: id, subject }],
    ['POST', '/ssf/verification', { stream_id: id }],
    ['POST', `/ssf/poll/${id}`, { returnImmediately: true }],
    ['DELETE', `/ssf/stream?stream_id=${id}`],
  ]
}
