import { expect } from 'chai'
import type { Rekey } from '../../support/rekey.ts'

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
}
