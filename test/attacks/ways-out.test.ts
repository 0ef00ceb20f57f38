import { expect } from 'chai'
import * as oidc from 'openid-client'
import { isSpecialUse } from '../../adapters/guarded-fetch.ts'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { ask, hour } from '../support/cases.ts'
import { signIn } from '../support/journeys.ts'
import { team } from '../support/team.ts'

const initialAccessToken = 'an-initial-access-token-of-the-tests'

attack(
  'Weak spots at the edge',
  (rekey) => {
    const register = async (metadata: object) => {
      const response = await fetch(`${rekey.issuer}/reg`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${initialAccessToken}` },
        body: JSON.stringify({
          redirect_uris: ['https://evil.example/cb'],
          client_name: 'Evil',
          ...metadata,
        }),
      })
      expect(response.status).to.equal(201)
      return (await response.json()) as { client_id: string; client_secret: string }
    }
    const introspect = async (client: { client_id: string; client_secret: string }, token: string) => {
      const response = await fetch(`${rekey.issuer}/token/introspection`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`,
        },
        body: new URLSearchParams({ token }),
      })
      return (await response.json()) as object
    }

    // Seen failing with whoever authenticates allowed in `mayIntrospect` (provider/standards.ts).
    it('an app that registered itself learns nothing of another app’s tokens', async () => {
      const { tokens } = await rekey.rp.finish(await signIn(rekey, await rekey.person()))
      const evil = await register({})
      for (const token of [tokens.access_token, tokens.refresh_token!])
        expect(await introspect(evil, token)).to.deep.equal({ active: false })
      expect(await oidc.tokenIntrospection(await rekey.rp.config(), tokens.access_token)).to.include({
        active: true,
      })
    })

    // Seen failing with the library's lifetime in `keptFor` (provider/adapter.ts).
    it('a visitor who only looks in is forgotten in hours, one who waits for a case is not', async () => {
      const visitor = new Browser()
      await rekey.rp.start(visitor)
      const uid = new URL(visitor.shown.url).pathname.split('/').at(-1)
      const kept = (await rekey.store.artifacts.get(`Interaction:${uid}`))!
      expect(kept.expiresAt! - rekey.now()).to.be.at.most(2 * hour)
      const us = await team(rekey)
      const { waiting } = await ask(rekey, us)
      rekey.advance(60 * hour)
      await waiting.open(waiting.shown.url)
      expect(waiting.heading).to.equal('Waiting for a super admin')
    })

    // Seen failing without `withinTries` in interactions/http/user-code.ts.
    it('user codes of devices can’t be tried without a limit', async () => {
      const browser = new Browser()
      const { form } = { form: { user_code: 'BBBB-BBBB' } }
      const statuses: number[] = []
      for (let tries = 0; tries < 25; tries += 1) {
        await browser.open(`${rekey.issuer}/device`)
        if (browser.shown.status === 200) await browser.press('Continue', form)
        statuses.push(browser.shown.status)
      }
      expect(statuses.slice(0, 20)).to.not.include(429)
      expect(statuses.slice(20)).to.deep.equal(Array(5).fill(429))
      rekey.advance(hour)
      await browser.open(`${rekey.issuer}/device`)
      await browser.press('Continue', form)
      expect(browser.shown.status).to.equal(200)
    })
  },
  { config: { registration: { initialAccessToken } } },
)

describe('Addresses that no app lives at', () => {
  const refused = [
    '::127.0.0.1',
    '::7f00:1',
    '::10.0.0.1',
    'fec0::1',
    'feff::1',
    '::ffff:127.0.0.1',
    '::ffff:0:10.0.0.1',
  ]
  // Seen failing without ::/96, ::ffff:0:0:0/96 and fec0::/10 in adapters/guarded-fetch.ts.
  for (const address of refused)
    it(`are refused: ${address}`, () => expect(isSpecialUse(address)).to.equal(true))

  it('are told from those of the internet', () => {
    for (const address of ['2a00:1450:4001:830::200e', '93.184.216.34'])
      expect(isSpecialUse(address)).to.equal(false)
  })
})
