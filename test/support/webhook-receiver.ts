import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Got {
  headers: IncomingHttpHeaders
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the tests look into
  body: any
}

/** A system that is told things: it keeps what came, and answers as it is told to. */
export class WebhookReceiver {
  readonly got: Got[] = []
  answer = 204
  #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      this.got.push({ headers: request.headers, text, body: JSON.parse(text) })
      response.writeHead(this.answer).end()
    })
  })

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** Standard Webhooks 1.0: whether one of the signatures is the key's. */
export function isSigned(key: string, { headers, text }: Got): boolean {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`
  const secret = Buffer.from(key.slice('whsec_'.length), 'base64')
  const right = `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`
  return String(headers['webhook-signature']).split(' ').includes(right)
}
