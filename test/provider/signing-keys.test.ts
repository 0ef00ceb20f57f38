import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { compactVerify, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import type { ExternalSigningKey } from 'oidc-provider'
import type * as oidc from 'openid-client'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { keySlots } from '../../provider/key-slots.ts'
import { createSigningKeys, rotateSigningKeys, type SigningKeys } from '../../provider/signing-keys.ts'
import { Browser } from '../support/browser.ts'
import { signIn } from '../support/journeys.ts'
import { type Person, type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, lmdb, type Opened } from '../support/stores.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

const hour = 3_600_000
const day = 24 * hour

describeEachEngine('The signing keys', (engine) => {
  let opened: Opened
  let one: Rekey
  let other: Rekey
  let person: Person
  let clock: ProcessClock
  const keys = [{ id: 'test', key: randomBytes(32).toString('base64url') }]

  before(async () => {
    clock = moveProcessTime()
    opened = await engine.open(() => Date.now())
    one = await startRekey(opened.store, { keys, clock })
    other = await startRekey(opened.store, { keys, clock })
    person = await one.person()
  })
  after(async () => {
    await one.stop()
    await other.stop()
    await opened.dispose()
    clock.restore()
  })

  const kidsOf = async ({ issuer }: Rekey) => {
    const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as {
      keys: { kid: string; alg: string }[]
    }
    return keys.map(({ kid }) => kid)
  }
  const later = async (milliseconds: number) => {
    one.advance(milliseconds)
    await one.work()
    await other.work()
  }
  const signedBy = async (rekey: Rekey) => {
    one.code(person)
    one.advance(60_000)
    const browser = await signIn(rekey, person)
    // Every now and then a sign-in ends with a check-up.
    if (browser.heading === 'A quick check-up') await browser.press('Not now')
    const { tokens } = await rekey.rp.finish(browser)
    const verified = await jwtVerify(tokens.id_token!, createRemoteJWKSet(new URL(`${rekey.issuer}/jwks`)))
    return { token: tokens.id_token!, kid: verified.protectedHeader.kid! }
  }
  const rotate = (withdraw = false) =>
    rotateSigningKeys(
      {
        store: opened.store,
        ring: createKeyRing(keys),
        clock: one.now,
        algorithms: ['RS256', 'ES256'],
      },
      withdraw,
    )

  it('only those that some app can be signed with are published, without anything private', async () => {
    const response = await fetch(`${one.issuer}/jwks`)
    const published = (await response.json()) as { keys: { [parameter: string]: string }[] }
    expect(published.keys.map(({ kty, alg, use }) => [kty, alg, use])).to.deep.equal([
      ['RSA', 'RS256', 'sig'],
      ['EC', 'ES256', 'sig'],
    ])
    expect(published.keys.flatMap(Object.keys)).to.not.include.members(['d', 'p', 'q'])
    expect(response.headers.get('content-type')).to.include('application/jwk-set+json')
    expect(response.headers.get('cache-control')).to.equal('public, max-age=3600')
    const metadata = (await one.rp.config()).serverMetadata()
    expect(metadata.id_token_signing_alg_values_supported).to.have.members(['RS256', 'ES256'])
  })

  it('a new one is published by every process first, and signs a day later, without a restart', async () => {
    const before = await kidsOf(one)
    const { kid: old, token } = await signedBy(one)
    expect((await signedBy(other)).kid).to.equal(old)
    await later(89 * day + hour)
    const published = await kidsOf(one)
    expect(published).to.have.length(4).and.to.include.members(before)
    expect(await kidsOf(other)).to.deep.equal(published)
    expect((await signedBy(one)).kid).to.equal(old)

    await later(day)
    const { kid } = await signedBy(one)
    expect(kid).to.not.equal(old)
    expect(published).to.include(kid)
    expect((await signedBy(other)).kid).to.equal(kid)
    // What the old one has signed is still worth something, in a hint too.
    const browser = new Browser()
    await browser.open(`${one.issuer}/session/end?id_token_hint=${token}`)
    expect(browser.shown.status).to.equal(200)

    await later(31 * day)
    expect(await kidsOf(one)).to.not.include(old)
    expect(await kidsOf(other)).to.deep.equal(await kidsOf(one))
  })

  it('those that are replaced by hand go on for a day', async () => {
    const { kid: old } = await signedBy(one)
    await rotate()
    await later(2 * 60_000)
    expect((await signedBy(other)).kid).to.equal(old)
    await later(day)
    expect((await signedBy(other)).kid).to.not.equal(old)
    expect(await kidsOf(one)).to.include(old)
  })

  it('those that are withdrawn are gone from every process in a minute', async () => {
    const { kid: old } = await signedBy(one)
    await rotate(true)
    await later(60_000)
    for (const rekey of [one, other]) {
      expect(await kidsOf(rekey)).to.not.include(old)
      expect(decodeProtectedHeader((await signedBy(rekey)).token).kid).to.not.equal(old)
    }
  })

  it('two processes that find one due at once make one', async () => {
    const options = {
      store: opened.store,
      ring: createKeyRing(keys),
      clock: () => one.now() + 400 * day,
      algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'],
    }
    const made = await Promise.all([createSigningKeys(options), createSigningKeys(options)])
    const [first, second] = made.map((of) =>
      options.algorithms.map((alg) => of.published(alg).map(({ kid }) => kid)),
    )
    expect(first).to.deep.equal(second)
  })
})

describe('Signatures', () => {
  let opened: Opened
  let keys: SigningKeys
  const ring = createKeyRing([{ id: 'test', key: randomBytes(32).toString('base64url') }])

  before(async () => {
    opened = await lmdb.open()
    const algorithms = ['ES256', 'EdDSA', 'RS256']
    const options = { store: opened.store, ring, clock: Date.now, algorithms }
    await createSigningKeys(options)
    await rotateSigningKeys(options, false)
    keys = await createSigningKeys(options)
  })
  after(() => opened.dispose())

  /** A token that the first slot of an algorithm has signed, under a header that names a key. */
  async function tokenOf(alg: string, kid: string, payload: number): Promise<string> {
    const [slot] = (keySlots(keys).keys as unknown as ExternalSigningKey[]).filter((one) => one.alg === alg)
    const parts = [JSON.stringify({ alg, kid }), `${payload}`]
    const signed = parts.map((part) => Buffer.from(part).toString('base64url')).join('.')
    const signature = await slot!.sign(Buffer.from(signed))
    return `${signed}.${Buffer.from(signature).toString('base64url')}`
  }

  it('verify whatever numbers they consist of', async () => {
    for (const alg of ['ES256', 'EdDSA']) {
      const { kid, publicKey } = keys.published(alg)[0]!
      // Each of the two numbers of an ES256 signature is a byte shorter once in 512 times.
      for (let payload = 0; payload < 5000; payload += 1)
        await compactVerify(await tokenOf(alg, kid, payload), publicKey)
    }
  })

  it('are made by the key that their header names, also when another signs by now', async () => {
    for (const alg of keys.algorithms) {
      const published = keys.published(alg)
      expect(published).to.have.length(2)
      for (const { kid, publicKey } of published) await compactVerify(await tokenOf(alg, kid, 1), publicKey)
    }
  })

  it('are made by no key that is gone', async () => {
    const signed = await tokenOf('ES256', 'gone', 1).catch(({ message }) => message)
    expect(signed).to.equal('there is no key gone')
  })
})

describeEachEngine('An app chooses what its ID tokens are signed with', (engine) => {
  it('RS256 where it says nothing, the operator’s choice, or its own', async () => {
    const { store, dispose } = await engine.open()
    const rekey = await startRekey(store, {
      config: { signing: { default: 'ES256' } },
      others: {
        rs256: { id_token_signed_response_alg: 'RS256' },
        ps256: { id_token_signed_response_alg: 'PS256' },
        eddsa: { id_token_signed_response_alg: 'EdDSA' },
      },
    })
    const { rs256, ps256, eddsa } = rekey.others
    const person = await rekey.person()
    for (const [app, alg] of [
      [rekey.rp, 'ES256'],
      [rs256!, 'RS256'],
      [ps256!, 'PS256'],
      [eddsa!, 'EdDSA'],
    ] as const) {
      const browser = await signIn(rekey, person, {}, new Browser(), app)
      const { id_token: token } = (await app.finish(browser)).tokens
      const keys = createRemoteJWKSet(new URL(`${rekey.issuer}/jwks`))
      expect((await jwtVerify(token!, keys)).protectedHeader.alg).to.equal(alg)
    }
    const metadata: oidc.ServerMetadata = (await rekey.rp.config()).serverMetadata()
    expect(metadata.id_token_signing_alg_values_supported).to.have.length(4)
    await rekey.stop()
    await dispose()
  })
})
