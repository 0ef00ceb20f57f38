import { expect } from 'chai'
import { exportJWK, generateKeyPair } from 'jose'
import { type ApiRequest, apiClient, call, programToken } from '../support/api.ts'
import { story } from '../support/story.ts'

story(
  'An app that a program registers',
  (rekey) => {
    let token: string
    let key: object
    const api = (method: string, path: string, more: ApiRequest = {}) =>
      call(rekey, method, `/api/v1${path}`, { token, ...more })
    const least = { client_name: 'Shop', redirect_uris: ['https://shop.example/cb'] }

    before(async () => {
      token = await programToken(rekey, 'program')
      const { publicKey } = await generateKeyPair('ES256', { extractable: true })
      key = await exportJWK(publicKey)
    })

    const everything = () => ({
      ...least,
      application_type: 'web',
      post_logout_redirect_uris: ['https://shop.example/'],
      initiate_login_uri: 'https://shop.example/login',
      client_uri: 'https://shop.example/',
      logo_uri: 'https://shop.example/logo.png',
      policy_uri: 'https://shop.example/privacy',
      tos_uri: 'https://shop.example/terms',
      contacts: ['security@shop.example'],
      backchannel_logout_uri: 'https://shop.example/logout',
      backchannel_logout_session_required: true,
      logout_within_days: 7,
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key] },
      scope: 'openid email',
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'RS256',
      id_token_claims: true,
      subject_type: 'pairwise',
      default_max_age: 3600,
      require_auth_time: true,
      default_acr_values: ['urn:rekey:acr:password'],
      require_pkce: true,
      require_pushed_authorization_requests: true,
      require_signed_request_object: true,
      request_uris: ['https://shop.example/request.jwt'],
      dpop_bound_access_tokens: true,
    })

    it('is shown with all that it said, and works so', async () => {
      const said = everything()
      const made = await api('POST', '/clients', { body: said })
      expect(made.status, JSON.stringify(made.body)).to.equal(201)
      const { client_id: id, from, ...shown } = made.body
      expect(from).to.equal('store')
      expect(shown).to.deep.equal(said)
      expect((await api('GET', `/clients/${id}`)).body).to.deep.equal(made.body)
      const client = await rekey.app.services.provider.Client.find(id)
      expect(client).to.include({ defaultMaxAge: 3600, subjectType: 'pairwise', require_consent: true })
    })

    it('says all that there is in a change: what it leaves out is taken away', async () => {
      const { body: before } = await api('POST', '/clients', { body: everything() })
      const { body } = await api('PUT', `/clients/${before.client_id}`, {
        body: least,
        headers: { 'if-match': '*' },
      })
      expect(body).to.include({ token_endpoint_auth_method: 'none', scope: 'openid profile email' })
      expect(body).not.to.have.any.keys('logo_uri', 'jwks', 'subject_type', 'contacts', 'default_max_age')
      expect(body.redirect_uris).to.deep.equal(least.redirect_uris)
    })

    it('says nothing that can’t be', async () => {
      for (const more of [
        { logo_uri: 'javascript:alert(1)' },
        { policy_uri: 'ftp://shop.example/' },
        { tos_uri: '/terms' },
        { initiate_login_uri: 'http://shop.example/login' },
        { contacts: ['nobody'] },
        { default_max_age: -1 },
        { default_max_age: '60' },
        { require_auth_time: 'yes' },
        { id_token_signed_response_alg: 'none' },
        { userinfo_signed_response_alg: 'HS256' },
        { subject_type: 'ephemeral' },
        { logout_within_days: 366 },
        { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
        { jwks: { keys: [{ ...key, d: 'private' }] } },
        { client_secret: 'mine' },
        { allowed_people: ['mina'] },
      ]) {
        const { status, body } = await api('POST', '/clients', { body: { ...least, ...more } })
        expect([status, body.reason], JSON.stringify(more)).to.deep.equal([400, 'invalid_request'])
      }
      for (const more of [
        { default_acr_values: ['urn:nothing'] },
        { backchannel_logout_uri: 'https://10.0.0.1/logout' },
        { jwks_uri: 'https://metadata.google.internal/keys' },
        { request_uris: ['https://[::1]/request.jwt'] },
      ]) {
        const { status, body } = await api('POST', '/clients', { body: { ...least, ...more } })
        expect([status, body.reason], JSON.stringify(more)).to.deep.equal([422, 'client_metadata'])
        expect(body.errors[0].message).to.include(Object.keys(more)[0])
      }
    })
  },
  { clients: [apiClient('program', 'clients.manage', { operator: true })] },
)
