import { expect } from 'chai'
import { type Maker, makePasskey, newAuthenticator, usePasskey } from '../support/authenticator.ts'
import { Browser } from '../support/browser.ts'
import { type Certified, issue, newRoot } from '../support/certificates.ts'
import { givePassword, signIn } from '../support/journeys.ts'
import { passkeyOf, signInByPasskey } from '../support/passkeys.ts'
import { story } from '../support/story.ts'

const day = 86_400_000
const root = newRoot('Maker of the tests')
const expired = newRoot('Maker that is no more', { until: Date.now() - day / 2 })
const batch = issue(root, 'Keys of this year')
const packed = (...chain: Certified[]): Maker => ({
  format: 'packed',
  chain: chain.map(({ der }) => der),
  key: chain[0]!.key,
})

story(
  'Security keys of a known maker',
  (rekey) => {
    const phrh = { acr_values: 'phrh' }

    it('are asked where they are from, and reach the class for hardware at once and later', async () => {
      const person = await rekey.person()
      const key = newAuthenticator(new URL(rekey.issuer).origin)
      const browser = await signIn(rekey, person, phrh)
      expect(browser.heading).to.equal('Set up a passkey')
      await makePasskey(browser, key, {}, packed(batch))
      expect((await rekey.rp.finish(browser)).claims.acr).to.equal('phrh')
      const next = new Browser()
      await rekey.rp.start(next, phrh)
      await signInByPasskey(next, key)
      const { claims } = await rekey.rp.finish(next)
      expect([claims.acr, claims.amr]).to.deep.equal(['phrh', ['mfa', 'hwk', 'user']])
      await rekey.rp.start(next, { prompt: 'none', ...phrh })
      expect((await rekey.rp.finish(next)).claims.acr).to.equal('phrh')
    })

    it('may be attested by way of certificates in between', async () => {
      const between = issue(root, 'Factory', { ca: true })
      expect(await hardwareOf(packed(issue(between, 'Keys of the factory'), between))).to.equal(true)
    })

    // Each of these was seen to count as hardware without the check that it names (account/attestation.ts).
    const others: [what: string, maker: () => Maker | undefined][] = [
      ['say nothing of where they are from', () => undefined],
      ['are of another maker', () => packed(issue(newRoot('Another maker'), 'Keys'))],
      [
        'are of another maker who took the name of ours',
        () => packed(issue(newRoot('Maker of the tests'), 'Keys')),
      ],
      ['bring the root of another maker along', () => withOwnRoot()],
      ['are of a maker whose certificate has expired', () => packed(issue(expired, 'Keys'))],
      ['are issued by a factory whose certificate has expired', () => fromClosedFactory()],
      ['are attested by someone who may attest but not issue', () => packed(issue(batch, 'Forged'), batch)],
    ]
    for (const [what, maker] of others) {
      it(`work all the same, but not as hardware, where they ${what}`, async () => {
        expect(await hardwareOf(maker())).to.equal(undefined)
      })
    }

    it('that sign for themselves are not hardware', async () => {
      expect(await hardwareOf('self')).to.equal(undefined)
    })

    it('are not hardware where their keys may be copied, whatever the maker says', async () => {
      expect(await hardwareOf(packed(batch), { backupEligible: true })).to.equal(undefined)
    })

    it('that are not enough end at the app, and are not asked for again and again', async () => {
      const person = await rekey.person()
      const browser = await signIn(rekey, person, phrh)
      await makePasskey(browser, newAuthenticator(new URL(rekey.issuer).origin))
      expect(await rekey.rp.refusal(browser)).to.equal('unmet_authentication_requirements')
      expect(await passkeyOf(rekey, person)).to.not.have.property('hardware')
    })

    it('are the ones that the browser is to offer where nothing less will do', async () => {
      const person = await rekey.person()
      const [soft, hard] = [newAuthenticator(new URL(rekey.issuer).origin), newAuthenticator(rekey.issuer)]
      await makePasskey(await signIn(rekey, person, { action: 'enrol:passkey' }), soft)
      const browser = await givePassword(rekey, person, phrh)
      await usePasskey(browser, soft)
      expect(browser.heading).to.equal('Set up a passkey')
      await makePasskey(browser, hard, {}, packed(batch))
      expect((await rekey.rp.finish(browser)).claims.acr).to.equal('phrh')
      const next = await givePassword(rekey, person, phrh)
      await usePasskey(next, soft)
      expect(next.heading).to.equal('Use your passkey')
      await usePasskey(next, hard)
      expect((await rekey.rp.finish(next)).claims.acr).to.equal('phrh')
    })

    async function hardwareOf(
      maker: Maker | 'self' | undefined,
      nature: Parameters<typeof newAuthenticator>[1] = {},
    ): Promise<boolean | undefined> {
      const person = await rekey.person({ bare: true })
      const browser = await givePassword(rekey, person)
      await browser.press('Passkey or security key')
      await makePasskey(browser, newAuthenticator(new URL(rekey.issuer).origin, nature), {}, maker)
      expect(browser.heading).to.equal('Save your backup codes')
      return (await passkeyOf(rekey, person)).hardware
    }
  },
  { config: { passkeys: { attestation: 'direct', roots: [root.pem, expired.pem] } } },
)

/** A whole chain that is fine, and ends at a root that nobody here trusts. */
function withOwnRoot(): Maker {
  const own = newRoot('Another maker')
  return packed(issue(own, 'Keys'), own)
}

function fromClosedFactory(): Maker {
  const factory = issue(root, 'Factory', { ca: true, until: Date.now() - day / 2 })
  return packed(issue(factory, 'Keys'), factory)
}
