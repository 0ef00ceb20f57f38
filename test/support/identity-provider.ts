import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

/** What a test lets the provider answer with instead of what is right. */
export interface Answers {
  /** Changes the payload of the ID token. */
  payload?: (right: JWTPayload) => JWTPayload
  /** Makes the ID token out of its payload. */
  sign?: (payload: JWTPayload) => Promise<string> | string
  /** Changes the whole token response. */
  tokens?: (right: object) => { status?: number; body: string; type?: string }
  /** Answers to the pushed request. */
  par?: { status: number; body: object }
}

/** A provider on the de-facto contract whose every answer can be made wrong. */
export interface IdentityProvider {
  issuer: string
  answers: Answers
  /** Pushed requests as they came, by their request_uri. */
  pushed: Map<string, URLSearchParams>
  headers: { [name: string]: unknown }[]
  verifiedClaims: object
  subject: string
  /** Takes a person through: the callback's address. */
  approve(url: string): URL
  /** Signs as the provider does. */
  sign(payload: JWTPayload): Promise<string>
  stop(): Promise<void>
}

export const verification = {
  trust_framework: 'IDV-DELEGATED',
  assurance_level: 'VERIFIED',
  time: new Date().toISOString(),
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  const codes = new Map<string, URLSearchParams>()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const sign = (payload: JWTPayload) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey)
  const kit: IdentityProvider = {
    issuer,
    answers: {},
    pushed: new Map(),
    headers: [],
    verifiedClaims: { verification, claims: { given_name: 'Mina', family_name: 'Sato' } },
    subject: 'idv-mina',
    approve: (url) => {
      const request = kit.pushed.get(new URL(url).searchParams.get('request_uri')!)!
      const code = createHash('sha256').update(request.get('state')!).digest('base64url')
      codes.set(code, request)
      return new URL(
        `${request.get('redirect_uri')}?${new URLSearchParams({ code, state: request.get('state')! })}`,
      )
    },
    sign,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close').catch(() => {})
    },
  }
  const json = { 'content-type': 'application/json' }
  server.on('request', async (request, response): Promise<unknown> => {
    const body = new URLSearchParams(await textOf(request))
    kit.headers.push(request.headers)
    if (request.url === '/.well-known/openid-configuration')
      return response.writeHead(200, json).end(JSON.stringify(metadata(issuer)))
    if (request.url === '/jwks') return response.writeHead(200, json).end(JSON.stringify({ keys: [jwk] }))
    if (request.url === '/par') {
      const uri = `urn:ietf:params:oauth:request_uri:${kit.pushed.size}`
      kit.pushed.set(uri, body)
      const { status, body: said } = kit.answers.par ?? {
        status: 201,
        body: { request_uri: uri, expires_in: 60 },
      }
      return response.writeHead(status, json).end(JSON.stringify(said))
    }
    const pushed = codes.get(body.get('code') ?? '')
    codes.delete(body.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    if (request.url !== '/token' || pushed === undefined || pushed.get('code_challenge') !== challenge)
      return response.writeHead(400, json).end(JSON.stringify({ error: 'invalid_grant' }))
    const now = Math.floor(Date.now() / 1000)
    const right = {
      iss: issuer,
      aud: pushed.get('client_id')!,
      sub: kit.subject,
      iat: now,
      exp: now + 3600,
      nonce: pushed.get('nonce'),
      verified_claims: kit.verifiedClaims,
    }
    const payload = kit.answers.payload?.(right) ?? right
    const tokens = {
      id_token: await (kit.answers.sign ?? sign)(payload),
      token_type: 'Bearer',
      expires_in: 3600,
    }
    const {
      status = 200,
      body: said,
      type,
    } = kit.answers.tokens?.(tokens) ?? { body: JSON.stringify(tokens) }
    return response.writeHead(status, { 'content-type': type ?? 'application/json' }).end(said)
  })
  return kit
}

function metadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    pushed_authorization_request_endpoint: `${issuer}/par`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}
