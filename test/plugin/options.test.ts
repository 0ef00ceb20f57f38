import { expect } from 'chai'
import { interactionPolicy } from 'oidc-provider'
import { lmdb } from '../../adapters/store/lmdb/store.ts'
import { rekey } from '../../index.ts'
import type { ConfigError } from '../../options/config-error.ts'
import { clashesOf } from '../../provider/clashes.ts'

describe("The plugin's options", () => {
  const faults = async (options: object) =>
    rekey(options as never).then(
      () => [],
      (error) => (error as ConfigError).faults,
    )

  it('are refused all at once, by the path of each and never by a value', async () => {
    const secret = 'short-and-secret'
    const found = await faults({
      issuer: 'nothing',
      keys: [{ id: 'a', key: secret }],
      people: {},
      delivery: {},
      colour: 'red',
    })
    const text = found.join('\n')
    for (const path of ['issuer', 'keys.0.key', 'people', 'store', 'delivery.mail', 'colour'])
      expect(text).to.include(path)
    expect(text).to.not.include(secret)
  })

  it('need a way to prove the first factor', async () => {
    const people = { get: async () => undefined, find: async () => undefined }
    const found = await faults({
      issuer: 'http://localhost:1',
      keys: [{ id: 'a', key: 'k'.repeat(43) }],
      people,
      store: lmdb({ path: '/nowhere' }),
      delivery: { mail: { send: async () => {}, close: async () => {} } },
    })
    expect(found).to.deep.equal(['people.verify: needed, or a login page of yours: firstFactor.url'])
  })
})

describe("A host's configuration", () => {
  const { base, Prompt } = interactionPolicy
  const url = () => '/mine'

  it('may not put pages where those of a sign-in are', () => {
    expect(clashesOf({ interactions: { url } }).join()).to.match(/^interactions\.url: /)
    expect(clashesOf({ features: { devInteractions: { enabled: true } } }).join()).to.match(
      /^features\.devInteractions: /,
    )
    expect(clashesOf({ routes: { authorization: '/security' } }).join()).to.match(/^routes\.authorization: /)
  })

  it('keeps prompts of its own, and says where their pages are', () => {
    const policy = base()
    policy.add(new Prompt({ name: 'terms', requestable: true }))
    expect(clashesOf({ interactions: { policy, url } })).to.deep.equal([])
    expect(clashesOf({ interactions: { policy } }).join()).to.match(/^interactions\.url: needed.*terms/)
  })

  it('is refused for every clash at once', () => {
    const own = {
      responseTypes: ['id_token' as const],
      clientAuthMethods: ['none' as const],
      extraParams: ['action'],
    }
    expect(clashesOf(own)).to.have.length(3)
  })

  it("may not ask of every client what takes keys of the client's own", () => {
    const own = {
      features: { requestObjects: { enabled: true, requireSignedRequestObject: true } },
      clientDefaults: { id_token_encrypted_response_alg: 'dir' as const, require_auth_time: true },
    }
    expect(clashesOf(own).map((line) => line.split(':')[0])).to.deep.equal([
      'features.requestObjects.requireSignedRequestObject',
      'clientDefaults.id_token_encrypted_response_alg',
    ])
  })

  it('may have anything else', () => {
    expect(clashesOf({})).to.deep.equal([])
  })
})
