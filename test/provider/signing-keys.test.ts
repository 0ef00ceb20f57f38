import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { rotateSigningKeys } from '../../provider/signing-keys.ts'
import { signIn } from '../support/journeys.ts'
import { startRekey } from '../support/rekey.ts'
import { describeEachEngine } from '../support/stores.ts'

describeEachEngine('Rotating the signing keys', (engine) => {
  it('signs with the new key after a restart, while the old one still verifies', async () => {
    const { store, dispose } = await engine.open()
    const keys = [{ id: 'test', key: randomBytes(32).toString('base64url') }]
    const before = await startRekey(store, { keys })
    const person = await before.person()
    const old = (await before.rp.finish(await signIn(before, person))).tokens.id_token!
    await before.stop()

    await rotateSigningKeys(store, createKeyRing(keys))
    const after = await startRekey(store, { keys })
    after.code(person)
    after.advance(60_000)
    const fresh = (await after.rp.finish(await signIn(after, person))).tokens.id_token!
    const published = createRemoteJWKSet(new URL(`${after.issuer}/jwks`))
    const kids = await Promise.all(
      [old, fresh].map(async (token) => (await jwtVerify(token, published)).protectedHeader.kid),
    )
    expect(kids[0]).to.not.equal(kids[1])
    await after.stop()
    await dispose()
  })
})
