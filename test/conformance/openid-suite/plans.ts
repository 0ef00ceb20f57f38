import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** A plan of the suite, and what it needs to know. */
export interface Plan {
  name: string
  variant: { [parameter: string]: string }
  config: object
}

const secret = (of: string) => `a secret of ${of} that is long enough`
const initialAccessToken = 'initial-access-token-of-the-conformance-run'
const alias = 'rekey'

async function keysOf(client: string): Promise<{ private: { keys: JWK[] }; public: { keys: JWK[] } }> {
  const { privateKey, publicKey } = await generateKeyPair('PS256', { extractable: true })
  const facts = { alg: 'PS256', use: 'sig', kid: client }
  return {
    private: { keys: [{ ...(await exportJWK(privateKey)), ...facts }] },
    public: { keys: [{ ...(await exportJWK(publicKey)), ...facts }] },
  }
}

/** The plans, and how the product is set up for them. */
export async function plansFor(issuer: string, suite: string) {
  const base = `${suite}/test/a/${alias}`
  const own = (id: string, more: object = {}) => ({
    client_id: id,
    client_secret: secret(id),
    client_name: `Conformance ${id}`,
    redirect_uris: [`${base}/callback`, `${base}/callback?dummy1=lorem&dummy2=ipsum`],
    post_logout_redirect_uris: [`${base}/post_logout_redirect`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...more,
  })
  const bank = (id: string, jwks: object) => ({
    client_id: id,
    client_name: `Conformance ${id}`,
    redirect_uris: [`${base}/callback`, `${base}/callback?dummy1=lorem&dummy2=ipsum`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'PS256',
    id_token_signed_response_alg: 'PS256',
    require_pushed_authorization_requests: true,
    dpop_bound_access_tokens: true,
    require_consent: true,
    fapi: '2.0',
    jwks,
  })
  const [bank1, bank2] = [await keysOf('bank1'), await keysOf('bank2')]
  const server = { discoveryUrl: `${issuer}/.well-known/openid-configuration` }
  const client = (id: string) => ({ client_id: id, client_secret: secret(id) })
  const logout = {
    backchannel_logout_uri: `${base}/backchannel_logout`,
    backchannel_logout_session_required: true,
  }
  const basic = {
    alias,
    server,
    client: client('basic1'),
    client2: client('basic2'),
    client_secret_post: client('post'),
  }
  const leaving = { ...basic, client: client('leaving1'), client2: client('leaving2') }
  const dynamic = {
    alias,
    server,
    client: { client_name: 'Dynamic one', initial_access_token: initialAccessToken },
    client2: { client_name: 'Dynamic two', initial_access_token: initialAccessToken },
  }
  const fapi = {
    alias,
    server,
    client: { client_id: 'bank1', scope: 'openid email', jwks: bank1.private, dpop_signing_alg: 'ES256' },
    client2: { client_id: 'bank2', scope: 'openid email', jwks: bank2.private, dpop_signing_alg: 'ES256' },
    resource: { resourceUrl: `${issuer}/me` },
  }
  const plans: Plan[] = [
    { name: 'oidcc-config-certification-test-plan', variant: {}, config: basic },
    {
      name: 'oidcc-basic-certification-test-plan',
      variant: { server_metadata: 'discovery', client_registration: 'static_client' },
      config: basic,
    },
    {
      name: 'oidcc-rp-initiated-logout-certification-test-plan',
      variant: { response_type: 'code', client_registration: 'static_client' },
      config: basic,
    },
    {
      name: 'oidcc-backchannel-rp-initiated-logout-certification-test-plan',
      variant: { response_type: 'code', client_registration: 'static_client' },
      config: leaving,
    },
    { name: 'oidcc-dynamic-certification-test-plan', variant: { response_type: 'code' }, config: dynamic },
    {
      name: 'fapi2-security-profile-final-test-plan',
      variant: {
        openid: 'openid_connect',
        client_auth_type: 'private_key_jwt',
        sender_constrain: 'dpop',
        fapi_profile: 'plain_fapi',
        authorization_request_type: 'simple',
      },
      config: fapi,
    },
  ]
  const settings = {
    trustProxy: true,
    // The Dynamic profile asks for them.
    responseTypes: ['id_token', 'id_token token'],
    registration: { initialAccessToken },
    fetchHosts: [new URL(suite).host],
  }
  const clients = [
    own('basic1'),
    own('basic2'),
    own('leaving1', logout),
    own('leaving2', logout),
    own('post', { token_endpoint_auth_method: 'client_secret_post' }),
    bank('bank1', bank1.public),
    bank('bank2', bank2.public),
  ]
  return { plans, settings, clients }
}
