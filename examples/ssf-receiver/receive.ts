import { randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Transmitter } from './transmitter.ts'
import { Refused, type SecurityEvent, type Verifier } from './verify.ts'

export type Act = (event: SecurityEvent) => void

/**
 * Push (RFC 8935): an endpoint that the transmitter posts to. The header proves that it is the transmitter, the
 * signature that the event is its own. 202 says that the event is ours now, and is said for a repeated one too.
 */
export async function receivePushes(
  transmitter: Transmitter,
  verifier: Verifier,
  act: Act,
  port = 0,
): Promise<{ url: string; stop(): void }> {
  const authorization_header = `Bearer ${randomBytes(32).toString('base64url')}`
  const server = createServer((request, response) => {
    take(request, authorization_header, verifier, act).then(
      () => response.writeHead(202).end(),
      (error) => refuse(response, error),
    )
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}/events`
  const { stream_id } = await transmitter.stream({
    method: 'urn:ietf:rfc:8935',
    endpoint_url: url,
    authorization_header,
  })
  await transmitter.verify(stream_id, 'hello')
  return {
    url,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function take(request: IncomingMessage, secret: string, verifier: Verifier, act: Act): Promise<void> {
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(secret)
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Refused('authentication_failed', 'who are you?')
  if (request.headers['content-type'] !== 'application/secevent+jwt')
    throw new Refused('invalid_request', 'not a security event')
  let token = ''
  for await (const chunk of request) {
    token += chunk
    if (token.length > 65_536) throw new Refused('invalid_request', 'too long')
  }
  const event = await verifier.accept(token)
  if (event !== undefined) act(event)
}

function refuse(response: ServerResponse, error: Error): void {
  // Not our transmitter's fault: it may try again.
  if (!(error instanceof Refused)) return void response.writeHead(500).end()
  const headers = { 'content-type': 'application/json', 'content-language': 'en' }
  response.writeHead(400, headers).end(JSON.stringify({ err: error.err, description: error.message }))
}

/** Poll (RFC 8936): asks, waits, and says with the next request what it has taken and what it doesn't believe. */
export async function receivePolls(
  transmitter: Transmitter,
  verifier: Verifier,
  act: Act,
  signal: AbortSignal,
): Promise<void> {
  const { stream_id, delivery } = await transmitter.stream({ method: 'urn:ietf:rfc:8936' })
  await transmitter.verify(stream_id, 'hello')
  let ack: string[] = []
  let setErrs: { [jti: string]: { err: string; description: string } } = {}
  while (!signal.aborted) {
    const { sets } = await transmitter.poll(delivery.endpoint_url, { ack, setErrs }, signal)
    ack = []
    setErrs = {}
    for (const [jti, token] of Object.entries(sets)) {
      try {
        const event = await verifier.accept(token)
        if (event !== undefined) act(event)
        ack.push(jti)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        setErrs[jti] = { err: error.err, description: error.message }
      }
    }
  }
}
