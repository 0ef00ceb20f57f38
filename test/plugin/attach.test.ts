import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Configuration, interactionPolicy, Provider } from 'oidc-provider'
import { lmdb } from '../../adapters/store/lmdb/store.ts'
import { ConfigError, type Rekey, rekey } from '../../index.ts'
import { memoryAdapter } from '../support/memory-adapter.ts'

const issuer = 'https://id.example/oidc'
const app = { client_id: 'app', client_secret: 's', redirect_uris: ['https://app.example/cb'] }
const keySet = (): Configuration['jwks'] => ({
  keys: [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }) as never],
})
const another = { ...app, client_id: 'another' }

describe('A provider that is attached', () => {
  let folder: string
  let recovery: Rekey
  let other: Rekey
  const made = async (name: string) =>
    rekey({
      issuer,
      people: new Map([['1', { login: 'ada@host.example', name: 'Ada' }]]),
      store: lmdb({ path: join(folder, name) }),
      delivery: { mail: { send: async () => {}, close: async () => {} } },
      keys: [{ id: 'a', key: 'k'.repeat(43) }],
    })
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rekey-'))
    ;[recovery, other] = [await made('one'), await made('other')]
  })
  after(async () => {
    await Promise.all([recovery.stop(), other.stop()])
    await rm(folder, { recursive: true })
  })

  /** What is said of a provider, and that it is a ConfigError. */
  const faultsOf = (provider: unknown): string[] => {
    try {
      recovery.attach(provider as Provider)
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError)
      return (error as ConfigError).faults
    }
    return []
  }
  const own = (): Configuration => ({ clients: [app] })
  /** The names that are told of a configuration that was changed after `configure` had returned it. */
  const toldOf = (change: (given: Configuration) => Configuration, before = own()) =>
    faultsOf(new Provider(issuer, change(recovery.configure(before)))).map((fault) => fault.split(':')[0])

  const unmarked = /^attach: make the provider with configure\(…\) of this very rekey\(…\)/

  it('is refused where it was made without `configure`, before and after that was called', () => {
    const bare = () => new Provider(issuer, own())
    expect(faultsOf(bare())[0]).to.match(unmarked)
    recovery.configure(own())
    expect(faultsOf(bare())[0]).to.match(unmarked)
  })

  it("is refused where it was made from another Rekey's `configure`, or has another adapter", () => {
    expect(faultsOf(new Provider(issuer, other.configure(own())))[0]).to.match(unmarked)
    expect(toldOf((given) => ({ ...given, adapter: memoryAdapter(Date.now) }))).to.deep.equal(['attach'])
    expect(toldOf(({ adapter: _, ...given }) => given)).to.deep.equal(['attach'])
  })

  it('is refused where it is none of the library beside Rekey', () => {
    for (const given of [undefined, null, {}, { issuer }, Provider])
      expect(faultsOf(given)[0]).to.include('npm ls oidc-provider')
  })

  const policy = interactionPolicy.base()
  const longer = (given: Configuration) => [...given.interactions!.policy!, policy.get('consent')!] as never
  const changes: [named: string[], change: (given: Configuration) => Configuration][] = [
    [['findAccount'], (given) => ({ ...given, findAccount: async () => undefined })],
    [['findAccount'], (given) => Object.assign(given, { findAccount: async () => undefined })],
    [['ttl.Session'], (given) => Object.assign(given, Object.assign(given.ttl!, { Session: 5 }) && {})],
    [['interactions.policy', 'interactions.url'], (given) => ({ ...given, interactions: {} })],
    [
      ['interactions.url'],
      (given) => ({ ...given, interactions: { ...given.interactions, url: () => '/mine' } }),
    ],
    [['interactions.policy'], (given) => ({ ...given, interactions: { ...given.interactions, policy } })],
    [
      ['interactions.policy'],
      (given) => ({ ...given, interactions: { ...given.interactions, policy: longer(given) } }),
    ],
    [
      // The library's own pages take the place of every other.
      ['features.devInteractions.enabled', 'interactions.url'],
      (given) => ({ ...given, features: { ...given.features, devInteractions: { enabled: true } } }),
    ],
    [
      [
        'features.backchannelLogout.enabled',
        'features.clientCredentials.enabled',
        'features.devInteractions.enabled',
        'interactions.url',
      ],
      (given) => ({
        ...given,
        features: {
          resourceIndicators: given.features!.resourceIndicators!,
          externalSigningSupport: given.features!.externalSigningSupport!,
        },
      }),
    ],
    [
      ['features.fapi'],
      (given) => ({ ...given, features: { ...given.features, fapi: { enabled: true, profile: '2.0' } } }),
    ],
    [['ttl.Session'], (given) => ({ ...given, ttl: { ...given.ttl, Session: 99 } })],
    [['acrValues'], (given) => ({ ...given, acrValues: ['urn:mine'] })],
    [['scopes'], (given) => ({ ...given, scopes: ['openid'] })],
    [
      ['claims.openid.acr', 'claims.openid.amr', 'claims.openid.auth_time'],
      (given) => ({ ...given, claims: { ...given.claims, openid: ['sub'] } }),
    ],
    [['extraTokenClaims'], ({ extraTokenClaims: _, ...given }) => given],
    [
      ['extraClientMetadata.validator'],
      (given) => ({ ...given, extraClientMetadata: { ...given.extraClientMetadata, validator: () => {} } }),
    ],
    [['extraParams.action', 'extraParams.kc_action'], (given) => ({ ...given, extraParams: ['mine'] })],
    [
      ['extraParams.action', 'extraParams.kc_action'],
      (given) => ({ ...given, extraParams: ['action', 'kc_action'] }),
    ],
    [['loadExistingGrant'], ({ loadExistingGrant: _, ...given }) => given],
    [['jwks'], (given) => ({ ...given, jwks: keySet()! })],
    [['clients'], (given) => ({ ...given, clients: [app] as never })],
    [['clients'], (given) => ({ ...given, clients: [...given.clients!, another] as never })],
    [['routes.authorization'], (given) => ({ ...given, routes: { authorization: '/security' } })],
    [
      ['clientDefaults.jwks_uri'],
      (given) => ({ ...given, clientDefaults: { jwks_uri: 'https://app.example/jwks' } as never }),
    ],
  ]
  it('is refused where what `configure` returned was changed, by the name of each setting', () => {
    for (const [named, change] of changes) expect(toldOf(change), change.toString()).to.have.members(named)
  })

  it('is told what to do about a setting that was changed', () => {
    const provider = new Provider(issuer, { ...recovery.configure(own()), ttl: { Session: 5 } })
    expect(faultsOf(provider)).to.include('ttl.Session: changed after configure(…); give it to configure(…)')
  })

  it('may have been spread, and have what is only the host’s said later', () => {
    const one = interactionPolicy.base()
    one.add(new interactionPolicy.Prompt({ name: 'terms', requestable: true }), 1)
    const settings: Configuration = {
      ...own(),
      jwks: keySet()!,
      adapter: memoryAdapter(Date.now),
      claims: { openid: ['sub'], profile: ['name'], team: null },
      extraParams: { mine: null, more: () => {} },
      interactions: { policy: one, url: () => '/terms' },
      features: { fapi: { enabled: true, profile: '2.0' }, introspection: { enabled: true } },
      ttl: { Session: 1_000, Grant: () => 2_000 },
      scopes: ['openid', 'mine'],
    }
    const later = {
      renderError: async () => {},
      cookies: { keys: ['mine'], names: { session: 'mine' } },
      routes: { authorization: '/mine' },
      clockTolerance: 3,
    }
    expect(faultsOf(new Provider(issuer, { ...recovery.configure(settings), ...later }))).to.deep.equal([])
    // The one that was attached, and no other from now on.
    expect(faultsOf(new Provider(issuer, recovery.configure(own())))).to.deep.equal([
      'attach: a provider is attached already; one rekey(…) serves one provider',
    ])
  })
})
