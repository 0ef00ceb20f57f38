import { expect } from 'chai'
import { ConfigError } from '../../options/config-error.ts'
import { startRekey } from '../support/rekey.ts'
import { lmdb } from '../support/stores.ts'

const secret = 'a secret of the tests, long enough'
const app = (id: string, more: object = {}) => ({
  client_id: id,
  client_secret: secret,
  redirect_uris: [`https://${id}.example/callback`],
  ...more,
})

/** What is said at the start about these clients. */
async function faultsOf(...clients: object[]): Promise<string[]> {
  const { store, dispose } = await lmdb.open()
  try {
    await (await startRekey(store, { clients })).stop()
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.faults
  } finally {
    await dispose()
  }
}

describe('Clients that can’t work', () => {
  it('are refused at the start, all at once, each by its name', async () => {
    const faults = await faultsOf(
      app('a', { backchannel_logout_url: 'https://a.example/logout' }),
      app('b', { redirect_uris: [] }),
      app('c'),
      app('c'),
      app('d', { client_secret: undefined }),
      app('e', { client_secret: 'geheim – ütf' }),
      app('f', { token_endpoint_auth_method: 'client_secret_jwt', client_secret: 'short' }),
      app('g', { id_token_signed_response_alg: 'HS256' }),
      app('h', { require_pkce: 'yes' }),
      app('i', { logout_within_days: -1 }),
      app('j', { redirectUris: ['https://j.example/'], frontchannel_logout_uri: 'https://j.example/' }),
    )
    expect(faults).to.deep.equal([
      'clients: c: there is more than one of this client_id',
      'clients: a: backchannel_logout_url is not known here; is backchannel_logout_uri meant?',
      'clients: b: redirect_uris must contain members',
      'clients: d: client_secret is mandatory property',
      'clients: e: invalid client_secret value',
      'clients: f: client_secret must have at least 32 bytes for client_secret_jwt',
      "clients: g: id_token_signed_response_alg must be 'RS256' or 'ES256'",
      'clients: h: require_pkce must be true or false',
      'clients: i: logout_within_days must be a whole number of days, 365 at most',
      'clients: j: redirectUris is not known here; is redirect_uris meant?',
      'clients: j: frontchannel_logout_uri is not known here',
    ])
  })

  it('never have their secret repeated', async () => {
    const faults = await faultsOf(app('a', { client_secret: 'geheim – ütf', client_uri: 'nowhere' }))
    expect(faults.join()).to.not.include('geheim').and.to.not.include('ütf')
  })

  it('good ones say nothing', async () => {
    const more = { require_pkce: true, id_token_claims: true, logout_within_days: 30, software_id: 'x' }
    expect(await faultsOf(app('a', more))).to.deep.equal([])
  })
})
