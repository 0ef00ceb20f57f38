import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { importJWK, type JWTPayload, jwtVerify } from 'jose'

export interface Push {
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A push service: takes whatever comes, and leaves the judging to the tests. */
export class PushService {
  readonly pushes: Push[] = []
  /** How the next pushes are answered, before all are taken again. */
  answers: { status: number; headers?: { [name: string]: string } }[] = []
  #waiting = new Set<() => void>()
  #server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    this.pushes.push({ path: request.url!, headers: request.headers, body: Buffer.concat(chunks) })
    const { status, headers } = this.answers.shift() ?? { status: 201 }
    response.writeHead(status, headers).end()
    for (const look of [...this.#waiting]) look()
  })

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get origin(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when so many pushes came. */
  received(count: number): Promise<Push[]> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.pushes.length < count) return
        this.#waiting.delete(look)
        resolve(this.pushes)
      }
      this.#waiting.add(look)
      look()
    })
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

/** The browser's side of a subscription: its keys, and how it reads what comes (RFC 8291, RFC 8188). */
export class PushDevice {
  readonly #keys: ECDH = createECDH('prime256v1')
  readonly #secret = randomBytes(16)

  constructor() {
    this.#keys.generateKeys()
  }

  /** As a subscription gives them out. */
  get keys(): { p256dh: string; auth: string } {
    return {
      p256dh: this.#keys.getPublicKey().toString('base64url'),
      auth: this.#secret.toString('base64url'),
    }
  }

  /** Throws on anything that isn't one encrypted record for this device. */
  read({ headers, body }: Push): string {
    if (headers['content-encoding'] !== 'aes128gcm') throw new Error('not aes128gcm')
    // RFC 8188 §2.1: salt, record size, length of the key id; RFC 8291 §4: the key id is the sender's public key.
    const salt = body.subarray(0, 16)
    const recordSize = body.readUInt32BE(16)
    const sender = body.subarray(21, 21 + body[20]!)
    const record = body.subarray(21 + body[20]!)
    if (sender.length !== 65 || record.length > recordSize) throw new Error('not a single record')
    const { key, nonce } = this.#derive(salt, sender)
    const decipher = createDecipheriv('aes-128-gcm', key, nonce)
    decipher.setAuthTag(record.subarray(-16))
    const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
    const end = padded.findLastIndex((byte) => byte !== 0)
    // RFC 8188 §2: the last record is delimited by 2.
    if (padded[end] !== 2) throw new Error('no end of the last record')
    return padded.subarray(0, end).toString('utf8')
  }

  /** RFC 8291 §3.4. */
  #derive(salt: Buffer, sender: Buffer): { key: Buffer; nonce: Buffer } {
    const shared = this.#keys.computeSecret(sender)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#keys.getPublicKey(), sender])
    const material = Buffer.from(hkdfSync('sha256', shared, this.#secret, info, 32))
    const part = (name: string, length: number) =>
      Buffer.from(hkdfSync('sha256', material, salt, Buffer.from(`Content-Encoding: ${name}\0`), length))
    return { key: part('aes128gcm', 16), nonce: part('nonce', 12) }
  }
}

/** Verifies who pushed (RFC 8292); returns the claims and the key that signed. */
export async function verifyVapid(
  { headers }: Push,
  audience: string,
): Promise<{ claims: JWTPayload; key: string }> {
  const [, token, key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(headers.authorization ?? '') ?? []
  if (token === undefined || key === undefined) throw new Error('no VAPID')
  const point = Buffer.from(key, 'base64url')
  if (point.length !== 65 || point[0] !== 4) throw new Error('not an uncompressed point')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const publicKey = await importJWK({ kty: 'EC', crv: 'P-256', x: x!, y: y! }, 'ES256')
  const { payload } = await jwtVerify(token, publicKey, { audience, algorithms: ['ES256'] })
  // §2: no more than a day ahead.
  if (payload.exp! > Date.now() / 1000 + 86_400) throw new Error('valid for too long')
  return { claims: payload, key }
}
