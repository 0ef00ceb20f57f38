import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { embedded, type Rekey } from '../../support/rekey.ts'

export const initialAccessToken = 'initial-access-token-of-the-tests-long-enough'

/** Dynamic OP, without what RFC 9700 advises against. */
export function dynamicOp(rekey: Rekey): void {
  const register = async (metadata: object) => {
    const answer = await fetch(`${rekey.issuer}/reg`, {
      method: 'POST',
      headers: { authorization: `Bearer ${initialAccessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://new.example/callback'], ...metadata }),
    })
    return { status: answer.status, body: (await answer.json()) as { [name: string]: unknown } }
  }

  describe('OpenID Connect Dynamic Client Registration 1.0', () => {
    it('§3.2: the answer has the id, a secret and when it ends, and where to manage it', async () => {
      const { status, body } = await register({})
      expect(status).to.equal(201)
      expect(body).to.include.keys(
        'client_id',
        'client_secret',
        'client_secret_expires_at',
        'registration_access_token',
        'registration_client_uri',
      )
    })

    it('§2: what is left out is code, RS256 and the secret in the header', async () => {
      expect((await register({})).body).to.deep.include({
        response_types: ['code'],
        grant_types: ['authorization_code'],
        id_token_signed_response_alg: 'RS256',
        token_endpoint_auth_method: 'client_secret_basic',
        application_type: 'web',
      })
    })

    it('§2: a redirect_uri with a fragment is refused', async () => {
      const { status, body } = await register({ redirect_uris: ['https://new.example/callback#here'] })
      expect([status, body.error]).to.deep.equal([400, 'invalid_redirect_uri'])
    })

    it('§3.3: what can’t be is refused by its name', async () => {
      const { status, body } = await register({ id_token_signed_response_alg: 'HS1' })
      expect([status, body.error]).to.deep.equal([400, 'invalid_client_metadata'])
    })

    it('§4.2: the registration is read with its own token, and with no other', async () => {
      const { body } = await register({})
      const read = (token: string) =>
        fetch(String(body.registration_client_uri), { headers: { authorization: `Bearer ${token}` } })
      expect((await read(String(body.registration_access_token))).status).to.equal(200)
      expect((await read('another')).status).to.equal(401)
    })
  })

  describe('OpenID Connect Core 1.0, requests by reference', () => {
    let served: Server
    let body = ''
    let asked = 0
    const address = () => `http://localhost:${(served.address() as AddressInfo).port}/request.jwt`

    before(async function () {
      if (embedded) {
        console.log('skipped on a host: whether requests are taken by reference is its own configuration')
        this.skip()
      }
      served = createServer((_request, response) => {
        asked += 1
        response.writeHead(200, { 'content-type': 'application/oauth-authz-req+jwt' }).end(body)
      }).listen(0, '127.0.0.1')
      await once(served, 'listening')
    })
    after(() => served?.close())

    /** Asks with a request object at an address, and answers where it led. */
    const asks = async (request_uris: string[], uri: string) => {
      const { publicKey, privateKey } = await generateKeyPair('RS256')
      const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256', use: 'sig', kid: 'k' }] }
      const redirect_uris = ['https://new.example/callback']
      const { body: client } = await register({ redirect_uris, jwks, request_uris })
      const claims = { client_id: client.client_id, response_type: 'code', scope: 'openid', state: 'inside' }
      body = await new SignJWT({ ...claims, redirect_uri: redirect_uris[0], prompt: 'none' })
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer(String(client.client_id))
        .setAudience(rekey.issuer)
        .setExpirationTime('5m')
        .sign(privateKey)
      const outside = { client_id: String(client.client_id), response_type: 'code', scope: 'openid' }
      const query = new URLSearchParams({ ...outside, request_uri: uri })
      return fetch(`${rekey.issuer}/auth?${query}`, { redirect: 'manual' })
    }

    const errorOf = (answer: Response) => new URL(answer.headers.get('location')!).searchParams.get('error')

    // Seen failing without `registered` in `resolve` (provider/request-uris.ts).
    it('§6.2: a signed one is read where the client has registered it, and nowhere else', async () => {
      const read = await asks([`${address()}#hash`], `${address()}#hash`)
      const location = new URL(read.headers.get('location')!)
      expect(location.origin).to.equal('https://new.example')
      expect([location.searchParams.get('state'), location.searchParams.get('error')]).to.deep.equal([
        'inside',
        'login_required',
      ])
      const before = asked
      for (const uri of [`${address()}?`, `${address()}/`, address()])
        expect(errorOf(await asks([`${address()}#hash`], uri)), uri).to.equal('request_uri_not_supported')
      expect(asked).to.equal(before)
    })

    it('§6.2: what can not be read is said', async () => {
      const gone = 'http://localhost:1/request.jwt'
      const answer = await asks([gone], gone)
      expect(errorOf(answer)).to.equal('invalid_request_uri')
    })

    it('§6.2: an address that is none is not registered', async () => {
      for (const request_uris of [
        ['ftp://new.example/x'],
        'https://new.example/x',
        [`https://new.example/${'x'.repeat(512)}`],
      ])
        expect((await register({ request_uris })).body.error).to.equal('invalid_client_metadata')
    })

    it('Discovery §3: says that they are taken, and have to be registered', async () => {
      const metadata = await (await fetch(`${rekey.issuer}/.well-known/openid-configuration`)).json()
      expect(metadata).to.include({
        request_uri_parameter_supported: true,
        require_request_uri_registration: true,
      })
    })
  })
}
