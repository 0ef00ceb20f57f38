import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { hash as bcrypt } from 'bcryptjs'
import { expect } from 'chai'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import { checkImport } from '../../standalone/import/check.ts'
import { exportedPasskey } from '../../standalone/import/passkeys.ts'
import { contentOf } from '../../standalone/import/records.ts'
import { givenBy } from '../../standalone/import/sources.ts'
import { writeImport } from '../../standalone/import/write.ts'
import { folder, freshKey, rekeyCommand, soundSettings } from '../standalone/kit.ts'
import { Browser } from '../support/browser.ts'
import { holder, passkeyOf, signInByPasskey } from '../support/passkeys.ts'
import { startRekey } from '../support/rekey.ts'
import { lmdb } from '../support/stores.ts'

function coseKey(): string {
  const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  const bytes = (text?: string) => new Uint8Array(Buffer.from(text!, 'base64url'))
  const fields: [number, number | Uint8Array<ArrayBuffer>][] = [
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ]
  return Buffer.from(isoCBOR.encode(new Map(fields))).toString('base64url')
}

describe('What was exported', () => {
  it('is taken again, elsewhere and with other keys, and is the same then', async () => {
    const home = await folder()
    const settings = (place: string) =>
      home.file(`${place}.json`, JSON.stringify(soundSettings(`${home.path}/${place}`)))
    const [here, there] = [await settings('here'), await settings('there')]
    const ada = {
      type: 'person',
      id: 'ada',
      externalId: 'x-1',
      email: 'ada@acme.example',
      emailVerified: false,
      name: 'Ada Park',
      givenName: 'Ada',
      familyName: 'Park',
      birthDate: '1990-12-31',
      locale: 'ja',
      status: 'deactivated',
      createdAt: '2020-01-01T00:00:00.000Z',
      lastSignInAt: '2021-01-01T00:00:00.000Z',
      passwordHash: await bcrypt('an engine of differences', 4),
      totp: ['otpauth://totp/Rekey:ada%40acme.example?secret=JBSWY3DPEHPK3PXP&issuer=Rekey'],
      passkeys: [
        {
          credential: randomBytes(16).toString('base64url'),
          user: randomBytes(32).toString('base64url'),
          publicKey: coseKey(),
          counter: 7,
          transports: ['internal', 'hybrid'],
          synced: true,
          backedUp: true,
          aaguid: 'adce0002-35bc-c60a-648b-0b25f1f05503',
          name: 'Phone',
          createdAt: '2022-01-01T00:00:00.000Z',
          lastUsedAt: '2023-01-01T00:00:00.000Z',
        },
      ],
      texts: ['+819012345678'],
      calls: ['+81312345678'],
      phone: '+81312345679',
      noticeAddresses: ['ada@home.example'],
      memberships: [{ organization: 'acme', role: 'super_admin', since: '2021-05-01T00:00:00.000Z' }],
      supportAgent: true,
      operator: true,
    }
    const acme = { type: 'organization', id: 'acme', name: 'Acme', policy: { approvals: 2 } }
    const lines = [acme, ada].map((one) => JSON.stringify(one)).join('\n')
    const taken = await rekeyCommand(['import', await home.file('all.ndjson', lines), '--config', here])
    expect([taken.code, taken.err]).to.deep.equal([0, ''])
    const exported = `${home.path}/exported.ndjson`
    expect((await rekeyCommand(['export', '--out', exported, '--config', here])).code).to.equal(0)
    const again = await rekeyCommand(['import', exported, '--config', there])
    expect([again.code, again.err]).to.deep.equal([0, ''])
    const { out } = await rekeyCommand(['export', '--config', there])
    const [organization, person] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(organization).to.deep.equal(acme)
    const { totp, ...rest } = person
    const { totp: given, ...others } = ada
    expect(rest).to.deep.equal(others)
    expect(new URL(totp[0]).searchParams.get('secret')).to.equal(
      new URL(given[0]!).searchParams.get('secret'),
    )
    await home.remove()
  }).timeout(240_000)

  it('has passkeys that go on working, whoever keeps the keys of the ring', async () => {
    const [from, to] = [await lmdb.open(), await lmdb.open()]
    const before = await startRekey(from.store, { keys: [{ id: 'old', key: freshKey() }] })
    const { owner, key } = await holder(before)
    const { synced: _, ...passkey } = exportedPasskey(await passkeyOf(before, owner))
    await before.stop()
    const backupCodes = Array.from({ length: 10 }, (_, code) => `0000-0000-00${code}`)
    const keys = [{ id: 'new', key: freshKey() }]
    const people = [{ id: 'moved', name: owner.name, email: owner.email, passkeys: [passkey], backupCodes }]
    const { plan, faults } = await checkImport(
      to.store,
      givenBy(contentOf(JSON.stringify({ people }), 'file'), undefined),
    )
    expect(faults).to.deep.equal([])
    await writeImport(
      {
        store: to.store,
        passwords: createPasswords(),
        ring: () => createKeyRing(keys),
        keepRemovedDays: () => 90,
        now: Date.now(),
        digest: 'moved',
        progress: () => {},
      },
      plan,
    )
    const after = await startRekey(to.store, { keys })
    const browser = new Browser()
    await after.rp.start(browser)
    await signInByPasskey(browser, key, { origin: new URL(after.issuer).origin })
    expect((await after.rp.finish(browser)).claims.sub).to.equal('moved')
    const { unsettled, synced, counter } = await passkeyOf(after, { ...owner, id: 'moved' })
    expect([unsettled, synced]).to.deep.equal([undefined, false])
    expect(counter).to.be.above(passkey.counter)
    // What was settled stays so: a key that says otherwise is another one.
    const copied = new Browser()
    await after.rp.start(copied)
    await signInByPasskey(copied, key, { origin: new URL(after.issuer).origin, backupEligible: true })
    expect(copied.shown.url).to.include('/interaction/')
    await after.stop()
    await Promise.all([from.dispose(), to.dispose()])
  })
})
