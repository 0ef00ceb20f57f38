import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { interactionPolicy, Provider } from 'oidc-provider'
import type { z } from 'zod'
import { lmdb } from '../../adapters/store/lmdb/store.ts'
import { mongo } from '../../adapters/store/mongo/store.ts'
import { postgres } from '../../adapters/store/postgres/store.ts'
import { type PluginOptions, type Rekey, rekey } from '../../index.ts'
import type { ConfigError } from '../../options/config-error.ts'
import { requireNode } from '../../options/runtime.ts'
import { type pluginSchema, readOptions } from '../../options.ts'
import { clashesOf } from '../../provider/clashes.ts'
import { everyOption, knownPaths, pathsIn } from './every-option.ts'

describe("The plugin's options", () => {
  const faults = async (options: object) =>
    rekey(options as never).then(
      () => [],
      (error) => (error as ConfigError).faults,
    )

  it('are refused all at once, by the path of each and never by a value', async () => {
    const short = 'short-and-secret'
    const found = await faults({
      issuer: 'nothing',
      keys: [{ id: 'a', key: short }],
      people: {},
      delivery: {},
      colour: 'red',
    })
    const text = found.join('\n')
    for (const path of ['issuer', 'keys.0.key', 'people', 'store', 'delivery.mail', 'colour'])
      expect(text).to.include(path)
    expect(text).to.not.include(short)
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

describe('What the options are typed as', () => {
  it('is what their schema takes', () => {
    type Taken = z.input<typeof pluginSchema>
    const narrower = (options: PluginOptions): Taken => options
    const wider = (options: Taken): PluginOptions => options
    expect([narrower, wider]).to.have.lengthOf(2)
  })
})

describe('The release of Node', () => {
  it('is named where it is too old', () => {
    expect(() => requireNode('20.20.2')).to.throw('Node 22 or later is needed; this is 20.20.2')
    for (const version of ['22.0.0', '24.21.0', process.versions.node]) requireNode(version)
  })
})

describe('What a host gets wrong once it has the plugin', () => {
  let recovery: Rekey
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rekey-'))
    recovery = await rekey({
      issuer: 'https://id.example/oidc',
      people: new Map([['1', { login: 'ada@host.example', name: 'Ada' }]]),
      store: lmdb({ path: folder }),
      delivery: { mail: { send: async () => {}, close: async () => {} } },
      keys: [{ id: 'a', key: 'k'.repeat(43) }],
    })
  })
  after(() => rm(folder, { recursive: true }))

  it('is told: a provider without the configuration, or under another issuer', () => {
    const made = (issuer: string) => new Provider(issuer, recovery.configure({ clients: [] }))
    const bare = new Provider(recovery.issuer, { clients: [] })
    expect(() => recovery.attach(bare)).to.throw('make the provider with configure(…)')
    expect(() => recovery.attach(made('https://id.example'))).to.throw(
      'the provider is https://id.example, and rekey(…) was told https://id.example/oidc',
    )
    recovery.attach(made(recovery.issuer))
    expect(() => recovery.attach(made(recovery.issuer))).to.throw('a provider is attached already')
  })

  it('is told: what `passed` lacks', async () => {
    const proof = { person: '1', amr: ['pwd'], at: Date.now() }
    const said = (...given: unknown[]) =>
      recovery.passed(...(given as [never, never])).then(String, ({ message }) => message)
    const request = { headers: {}, url: '/login' }
    const response = { writeHead: () => {} }
    for (const first of [undefined, null, {}, request, { req: request }])
      expect(await said(first, proof)).to.equal(
        'passed: takes { req, res } of node:http first, as Express has them (Fastify: raw)',
      )
    const context = { req: request, res: response }
    expect(await said(context, proof)).to.match(/no `uid`/)
    for (const second of [undefined, null, {}, { ...proof, person: 1 }])
      expect(await said(context, second)).to.match(/takes { person, amr, at } second/)
    for (const amr of [undefined, 'pwd', [1]])
      expect(await said(context, { ...proof, amr })).to.match(/`amr` is a list/)
  })

  it('is nothing where it is stopped twice, and told where it goes on after that', async () => {
    const later = new Provider(recovery.issuer, recovery.configure({ clients: [] }))
    await Promise.all([recovery.stop(), recovery.stop()])
    await recovery.stop()
    expect(() => recovery.attach(later)).to.throw('attach: this rekey(…) was stopped')
    const said = await recovery.cases.get('none').then(String, ({ message }) => message)
    expect(said).to.equal('the store is closed')
  })
})

describe('A store on a server', () => {
  // Without an address PostgreSQL's library goes to the server on this machine.
  it('is refused without its address', () => {
    for (const [open, said] of [
      [mongo, 'mongodb://…'],
      [postgres, 'postgres://…'],
    ] as const)
      for (const address of [undefined, '', 'localhost', 'http://localhost/x'])
        expect(() => open(address)).to.throw(TypeError, said)
  })
})

/** Of every kind: what isn't a value's own is refused. */
const secret = 'hush-it-is-a-secret'
const anything: { [said: string]: unknown } = {
  'a function': () => secret,
  'a fraction': 1.5,
  NaN: Number.NaN,
  'a negative number': -1,
  infinity: Number.POSITIVE_INFINITY,
  'an empty text': '',
  'a text': `${secret} of some length, with blanks`,
  'a huge text': secret.repeat(7_000),
  'an object': { [`${secret}.`]: secret },
  'a list': [secret],
  null: null,
  yes: true,
}
const put = (options: object, path: string[], value: unknown) => {
  const at = path.slice(0, -1).reduce((inner, name) => inner[name as never], options)
  Object.assign(at, { [path.at(-1)!]: value })
  return options
}
/** The keys of all texts are looked through only where it is about texts. */
const optionsFor = ([name]: string[]) =>
  name === 'texts' ? everyOption() : { ...everyOption(), texts: undefined }
const refusals = (options: object): string[] => {
  try {
    readOptions(options)
    return []
  } catch (error) {
    return (error as ConfigError).faults
  }
}

describe('Each of the plugin’s options', () => {
  it('is among those that are tried here', () => {
    expect(refusals(everyOption())).to.deep.equal([])
    const tried = pathsIn(everyOption()).map((path) => path.join('.'))
    // A login page of the host's isn't beside providers of organizations.
    const others = ['firstFactor', 'firstFactor.url', 'passkeys.roots.0']
    expect(knownPaths().filter((path) => !tried.includes(path) && !others.includes(path))).to.deep.equal([])
  })

  it('is refused where it is of another kind, by its own path and never by its value', () => {
    for (const path of pathsIn(everyOption())) {
      const name = path.join('.')
      const taken = Object.entries(anything).filter(([said, value]) => {
        const found = refusals(put(optionsFor(path), path, value))
        for (const line of found) {
          expect(line.startsWith(name), `${name}, ${said}: ${line}`).to.equal(true)
          expect(line.replaceAll(`${secret}.`, ''), name).to.not.include(secret)
          expect(line).to.have.length.below(400)
        }
        return found.length === 0
      })
      const kinds = new Set(taken.map(([, value]) => (Array.isArray(value) ? 'list' : typeof value)))
      expect(kinds.size, `${name} takes ${taken.map(([said]) => said).join(', ')}`).to.be.at.most(1)
    }
  })

  it('is known by its name: another beside it is refused', () => {
    const open = ['people', 'organizations', 'log', 'upstreams.0.privateKey']
    const objects = pathsIn(everyOption()).filter((path) => {
      const value = path.reduce((inner, name) => inner[name as never], everyOption() as object)
      return typeof value === 'object' && !Array.isArray(value) && !open.includes(path.join('.'))
    })
    for (const path of [[], ...objects]) {
      const [line = '', ...more] = refusals(put(everyOption(), [...path, 'unheardOf'], 1))
      expect(line).to.match(new RegExp(`^${[...path, 'unheardOf'].join('.')}: `))
      expect(more).to.deep.equal([])
    }
  })

  it('is refused beside all others that are wrong, and beside what doesn’t go together', () => {
    const { verify, ...people } = everyOption().people as { verify: unknown }
    const found = refusals({
      ...everyOption(),
      issuer: 1,
      people,
      firstFactor: { url: 'https://a.example/' },
    })
    expect(found.map((line) => line.split(':')[0])).to.deep.equal(['issuer', 'upstreams'])
    const alone = refusals({ ...everyOption(), issuer: 1, people })
    expect(alone.map((line) => line.split(':')[0])).to.deep.equal(['issuer', 'people.verify'])
    for (const all of [null, undefined, 1, 'text', [], () => {}])
      expect(refusals(all as never).join()).to.match(/^configuration: /)
  })

  it('is known for people in a Map, too', () => {
    const people = new Map([['7', { login: 'ada@example.com' }]])
    expect(refusals({ ...everyOption(), people })).to.deep.equal(['people.7.name: needed'])
  })
})

describe('A store of the plugin’s', () => {
  it('is opened with the key that it was sealed with, and not with another under its name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rekey-'))
    const start = (key: string) =>
      rekey({
        issuer: 'http://localhost:1',
        keys: [{ id: 'a', key: key.repeat(43) }],
        people: new Map(),
        store: lmdb({ path: folder }),
        delivery: { mail: { send: async () => {}, close: async () => {} } },
      })
    await (await start('k')).stop()
    const other = await start('l').catch((error: ConfigError) => error.faults.join())
    expect(other).to.match(/^keys: the store was sealed with the key "a"/)
    await (await start('k')).stop()
    await rm(folder, { recursive: true })
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

  it('is refused where a setting that Rekey adds to is of another kind, by its path', () => {
    const own = {
      acrValues: 'phr',
      clients: [null],
      extraParams: { one: 1 },
      jwks: { keys: 'none' },
      subjectTypes: {},
      ttl: { AccessToken: 0, Session: 'long' },
      findAccount: {},
      extraClientMetadata: { properties: 'tenant' },
    }
    expect(clashesOf(own as never).map((line) => line.split(':')[0])).to.have.members([
      'acrValues',
      'clients',
      'extraParams',
      'jwks.keys',
      'subjectTypes',
      'ttl.AccessToken',
      'ttl.Session',
      'findAccount',
      'extraClientMetadata.properties',
    ])
    expect(clashesOf(undefined as never)).to.deep.equal(['configuration: an object'])
  })

  it('may have anything else', () => {
    expect(clashesOf({})).to.deep.equal([])
  })
})
