import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as pass } from 'node:timers/promises'
import { expect } from 'chai'
import { inject } from 'light-my-request'
import { type Adapter, errors, Provider } from 'oidc-provider'
import { beforeReply, waitForWrites } from '../../provider/before-reply.ts'

const client = {
  client_id: 'app',
  client_secret: 'secret',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** A provider that stores access tokens by `write`. */
function provider(write: () => Promise<void>, wait = true): Provider {
  const adapter = { upsert: async () => beforeReply(write()), find: async () => undefined }
  const one = new Provider('http://localhost', {
    clients: [client as never],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    cookies: { keys: ['test'] },
    jwks: { keys: [privateKey.export({ format: 'jwk' }) as never] },
    adapter: () => adapter as unknown as Adapter,
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    ttl: { ClientCredentials: 60 },
  })
  one.silent = true
  if (wait) one.use(waitForWrites)
  return one
}

const token = (one: Provider) =>
  inject(one.callback() as never, {
    method: 'POST',
    url: '/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'grant_type=client_credentials&client_id=app&client_secret=secret',
  })

describe('writes before the reply', () => {
  it('don’t hold up the request, but its reply', async () => {
    const seen: string[] = []
    const one = provider(async () => {
      await pass(30)
      seen.push('written')
    })
    one.on('grant.success', () => seen.push('granted'))
    const { statusCode } = await token(one)
    expect([statusCode, ...seen]).to.deep.equal([200, 'granted', 'written'])
  })

  it('fail the request when they fail, and nothing else', async () => {
    const { statusCode, payload } = await token(
      provider(async () => {
        throw new Error('the disk is full')
      }),
    )
    expect(statusCode).to.equal(500)
    expect(payload).to.not.include('access_token')
  })

  it('that are refused are what the app is told', async () => {
    const one = provider(async () => {
      throw new errors.InvalidGrant('it was used meanwhile')
    })
    const told: string[] = []
    one.on('grant.error', (_ctx, error) => told.push(error.message))
    const { statusCode, payload } = await token(one)
    expect(statusCode).to.equal(400)
    expect(JSON.parse(payload)).to.deep.equal({
      error: 'invalid_grant',
      error_description: 'grant request is invalid',
    })
    expect(told).to.deep.equal(['invalid_grant'])
  })

  it('of several requests at once are waited for by their own', async () => {
    const times = [200, 1]
    const one = provider(() => pass(times.shift()))
    const slow = token(one).then(() => 'slow')
    const quick = token(one).then(() => 'quick')
    expect(await Promise.race([slow, quick])).to.equal('quick')
    await slow
  })

  it('are waited for at once where no reply waits for them', async () => {
    const seen: string[] = []
    const one = provider(() => pass(5).then(() => void seen.push('written')), false)
    one.on('grant.success', () => seen.push('granted'))
    await token(one)
    expect(seen).to.deep.equal(['written', 'granted'])
  })
})
