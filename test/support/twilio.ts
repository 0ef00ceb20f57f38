import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parse } from 'node-html-parser'

export interface TwilioRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  fields: { [name: string]: string }
}

export interface Heard {
  status: number
  xml: string
}

/** A stand-in for Twilio: takes texts and calls over HTTP, and calls back with signatures of its own making. */
export class Twilio {
  readonly accountSid = `AC${randomBytes(16).toString('hex')}`
  readonly authToken = randomBytes(16).toString('hex')
  readonly from = '+15005550006'
  readonly requests: TwilioRequest[] = []
  /** How the next requests are answered, before all go well again. */
  answers: { status: number; body: object }[] = []
  #waiting = new Set<() => void>()
  #taken = new Set<TwilioRequest>()
  #server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const fields = Object.fromEntries(new URLSearchParams(body))
    this.requests.push({ method: request.method!, path: request.url!, headers: request.headers, fields })
    const { status, body: answer } = this.answers.shift() ?? {
      status: 201,
      body: { sid: `SM${randomBytes(16).toString('hex')}`, status: 'queued' },
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    for (const look of [...this.#waiting]) look()
  })

  /** Starts anew, with nothing sent so far. */
  async listen(): Promise<this> {
    this.requests.length = 0
    this.answers = []
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get baseUrl(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** As it stands in the configuration. */
  get settings() {
    const { accountSid, authToken, from, baseUrl } = this
    return { accountSid, authToken, from, baseUrl }
  }

  /** The first request, past or future, for a number; every one is handed out once. */
  next(to: string, what: 'Messages' | 'Calls'): Promise<TwilioRequest> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.requests.find(
          (one) => one.fields.To === to && one.path.endsWith(`/${what}.json`) && !this.#taken.has(one),
        )
        if (found === undefined) return
        this.#taken.add(found)
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Base64 of HMAC-SHA-1 over the address and the sorted fields, as Twilio's documentation has it. */
  sign(url: string, fields: { [name: string]: string }, token = this.authToken): string {
    const sorted = Object.keys(fields).sort()
    const text = sorted.reduce((so, name) => so + name + fields[name], url)
    return createHmac('sha1', token).update(text).digest('base64')
  }

  /** Calls back, signed unless another signature is given. */
  async tell(
    url: string,
    fields: { [name: string]: string },
    signature = this.sign(url, fields),
  ): Promise<Heard> {
    const response = await fetch(url, {
      method: 'POST',
      headers: signature === '' ? {} : { 'x-twilio-signature': signature },
      body: new URLSearchParams(fields),
    })
    return { status: response.status, xml: await response.text() }
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

export interface HeardCall {
  language: string
  /** Every sentence, as often as it is said. */
  said: string[]
  /** Where pressed keys go; missing when none are asked for. */
  action?: string
  /** How many keys. */
  digits?: number
  /** What comes after the keys, or where none were asked for. */
  verbs: string[]
}

/** What someone hears who picks up the phone. */
export function listen(xml: string): HeardCall {
  const response = parse(xml.replace(/<\?xml[^>]*\?>/, ''), { lowerCaseTagName: true }).querySelector(
    'response',
  )!
  const gather = response.querySelector('gather')
  const action = gather?.getAttribute('action')
  return {
    language: response.querySelector('say')?.getAttribute('language') ?? '',
    said: response
      .querySelectorAll('say')
      .flatMap((say) => Array<string>(Number(say.getAttribute('loop') ?? 1)).fill(say.text)),
    ...(action ? { action, digits: Number(gather!.getAttribute('numDigits')) } : {}),
    verbs: response.childNodes
      .map((node) => (node as { rawTagName?: string }).rawTagName ?? '')
      .filter(Boolean),
  }
}
