import { expect } from 'chai'
import * as oidc from 'openid-client'
import { acrMultiFactor, acrPassword, amrTrustedDevice } from '../../rules/assurance.ts'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { approve, ask, disavow } from '../support/cases.ts'
import { givePassword, signIn, trusting } from '../support/journeys.ts'
import type { Person, PersonOptions } from '../support/rekey.ts'
import { insisting } from '../support/relying-app.ts'
import { team } from '../support/team.ts'

const day = 86_400_000
const minute = 60_000
const again = { prompt: 'login' }
const asked = 'Enter your code'
const options = {
  others: { strict: { default_acr_values: [acrMultiFactor] }, second: {} },
}

attack(
  'A trusted device',
  (rekey) => {
    /** A browser that has the cookie of another, and nothing else of it. */
    async function thiefOf(browser: Browser): Promise<Browser> {
      const cookie = (await browser.jar.getCookies(rekey.issuer)).find(({ key }) => key === 'device')!
      const thief = new Browser()
      await thief.jar.setCookie(cookie, rekey.issuer)
      return thief
    }

    /** In a session that rests on trust. */
    async function resting(): Promise<{ person: Person; browser: Browser }> {
      const person = await rekey.person()
      const browser = await trusting(rekey, person)
      await givePassword(rekey, person, again, browser)
      const { claims } = await rekey.rp.finish(browser)
      expect([claims.acr, claims.amr]).to.deep.equal([acrPassword, ['pwd', amrTrustedDevice]])
      return { person, browser }
    }

    const asksAgain = async (
      person: Person,
      browser: Browser,
      params: { [name: string]: string } = again,
    ) => {
      await givePassword(rekey, person, params, browser)
      return browser.heading === asked
    }

    // Seen failing with the cookie alone as the device's id and no look at whose it is (rules/browsers.ts).
    it('is trusted for the person who said so, and nobody else who signs in there', async () => {
      const [person, other] = [await rekey.person(), await rekey.person()]
      const browser = await trusting(rekey, person)
      expect(await asksAgain(other, browser)).to.equal(true)
      expect(await asksAgain(other, await thiefOf(browser))).to.equal(true)
    })

    it('is worth nothing without the password', async () => {
      const person = await rekey.person()
      const thief = await thiefOf(await trusting(rekey, person))
      await rekey.rp.start(thief)
      expect(thief.heading).to.equal('Sign in')
      await thief.press('Sign in', { email: person.email, password: 'a guess of the thief' })
      expect(thief.heading).to.equal('Sign in')
      await rekey.rp.start(thief, { prompt: 'none' })
      expect(await rekey.rp.refusal(thief)).to.equal('login_required')
    })

    it('is not what a made-up cookie says', async () => {
      const person = await rekey.person()
      await trusting(rekey, person)
      const browser = new Browser()
      const [device] = await rekey.store.devices.find('account', person.id)
      for (const value of [device!.id, 'x'.repeat(43), person.id]) {
        await browser.jar.setCookie(`device=${value}; path=/`, rekey.issuer)
        expect(await asksAgain(person, browser)).to.equal(true)
      }
    })

    it('is not trusted after a reset', async () => {
      const us = await team(rekey)
      const browser = await trusting(rekey, us.person)
      await approve(rekey, us, await ask(rekey, us))
      await givePassword(rekey, us.person, again, browser)
      expect(browser.heading).to.equal('Set up your new device')
      const secret = /secret=([A-Z2-7]+)/.exec(browser.shown.text)![1]!
      await browser.press('Turn on', { code: rekey.code({ secret }) })
      await browser.press('Continue', { saved: 'yes' })
      expect(await asksAgain({ ...us.person, secret }, browser)).to.equal(true)
    })

    // Seen failing without `factorsChangedAt` in `outlasts` (rules/browsers.ts).
    it('is not trusted after a factor was added or removed, wherever that was done', async () => {
      const person = await rekey.person()
      const browser = await trusting(rekey, person)
      const elsewhere = await signIn(rekey, person, { action: 'enrol' })
      const secret = /secret=([A-Z2-7]+)/.exec(elsewhere.shown.text)![1]!
      rekey.advance(1_000)
      await elsewhere.press('Turn on', { code: rekey.code({ secret }) })
      expect(await asksAgain(person, browser)).to.equal(true)
      await browser.press('Verify', { code: rekey.code(person), trust: 'yes' })
      expect(await asksAgain(person, browser)).to.equal(false)
      const remover = await signIn(rekey, person, { action: 'manage_factors' })
      rekey.advance(1_000)
      await remover.press('Remove')
      expect(await asksAgain(person, browser)).to.equal(true)
    })

    // Seen failing without `validAfter` in `outlasts` (rules/browsers.ts).
    it('is not trusted after "this wasn\'t me", and is asked for a new password with a second factor', async () => {
      const us = await team(rekey)
      const browser = await trusting(rekey, us.person)
      await disavow((await ask(rekey, us)).disavow)
      expect(await asksAgain(us.person, browser)).to.equal(true)
    })

    it('is not trusted when its cookie was forgotten or has run out', async () => {
      const person = await rekey.person()
      const browser = await trusting(rekey, person)
      const thief = await thiefOf(browser)
      rekey.advance(30 * day)
      expect(await asksAgain(person, browser)).to.equal(true)
      expect(await asksAgain(person, thief)).to.equal(true)
    })

    it('can not be trusted by super admins and support agents, whatever their form says', async () => {
      const { admin } = await team(rekey)
      const people = [admin, await rekey.person({ supportAgent: true } satisfies PersonOptions)]
      for (const person of people) {
        const browser = await givePassword(rekey, person)
        expect(browser.shown.document.querySelector('input[name=trust]')).to.equal(null)
        const { action, body } = browser.form('Verify', { code: rekey.code(person) })
        body.set('trust', 'yes')
        await browser.send(action, body)
        await rekey.rp.finish(browser)
        expect(await asksAgain(person, browser)).to.equal(true)
      }
    })

    it('stops to be trusted when its owner becomes a super admin', async () => {
      const { person, organization } = await team(rekey)
      const browser = await trusting(rekey, person)
      await rekey.store.memberships.update(`${organization}:${person.id}`, (one) => [
        { ...one!, role: 'super_admin', superAdminOf: organization, superAdminSince: rekey.now() },
        undefined,
      ])
      expect(await asksAgain(person, browser)).to.equal(true)
    })

    it('is not trusted by ticking the box together with a wrong code, nor before the sign-in has ended', async () => {
      const person = await rekey.person()
      const browser = await givePassword(rekey, person)
      await browser.press('Verify', { code: '000000', trust: 'yes' })
      expect(await rekey.store.devices.find('account', person.id)).to.deep.equal([])
      // The box comes back as it was left; whoever unticks it trusts nothing.
      const { action, body } = browser.form('Verify', { code: rekey.code(person) })
      expect(body.get('trust')).to.equal('yes')
      body.delete('trust')
      await browser.send(action, body)
      expect(await asksAgain(person, browser)).to.equal(true)
    })

    const demands: [how: string, params: { [name: string]: string }][] = [
      ['acr_values', { acr_values: acrMultiFactor }],
      ['an essential claim', insisting],
      ['several classes', { acr_values: `urn:nobody:knows ${acrMultiFactor}` }],
    ]
    for (const [how, params] of demands) {
      // Seen failing without `insists` in `withTrust` (rules/next-step.ts).
      it(`is no second factor for an app that asks for one by ${how}`, async () => {
        const person = await rekey.person()
        const browser = await trusting(rekey, person)
        expect(await asksAgain(person, browser, { ...again, ...params })).to.equal(true)
        await browser.press('Verify', { code: rekey.code(person) })
        const { claims } = await rekey.rp.finish(browser)
        expect(claims.acr).to.equal(acrMultiFactor)
        expect(claims.amr).to.not.include(amrTrustedDevice)
      })

      it(`is no second factor later either, in a session that rests on it: ${how}`, async () => {
        const { person, browser } = await resting()
        await rekey.rp.start(browser, { prompt: 'none', ...params })
        expect(await rekey.rp.refusal(browser)).to.equal('unmet_authentication_requirements')
        await rekey.rp.start(browser, params)
        expect(browser.heading).to.equal(asked)
        await browser.press('Verify', { code: rekey.code(person) })
        const { claims } = await rekey.rp.finish(browser)
        expect(claims.acr).to.equal(acrMultiFactor)
        expect(claims.amr).to.not.include(amrTrustedDevice)
      })
    }

    it('is no second factor for an app whose registration asks for one', async () => {
      const { person, browser } = await resting()
      const strict = rekey.others.strict!
      await strict.start(browser, { prompt: 'none' })
      expect(await strict.refusal(browser)).to.equal('unmet_authentication_requirements')
      await strict.start(browser, again)
      await browser.press('Sign in', { email: person.email, password: person.password })
      expect(browser.heading).to.equal(asked)
    })

    it('is told as it is to every app that signs in silently, and by a request for max_age', async () => {
      const { person, browser } = await resting()
      const second = rekey.others.second!
      await second.start(browser, { prompt: 'none' })
      expect((await second.finish(browser)).claims.amr).to.deep.equal(['pwd', amrTrustedDevice])
      rekey.advance(2 * minute)
      await givePassword(rekey, person, { max_age: '60' }, browser)
      const { claims } = await rekey.rp.finish(browser)
      expect([claims.acr, claims.amr]).to.deep.equal([acrPassword, ['pwd', amrTrustedDevice]])
    })

    it('is no second factor for looking after factors, nor for pages that need a fresh one', async () => {
      const { person, browser } = await resting()
      for (const action of ['enrol', 'manage_factors', 'backup_codes', 'reset_authenticator']) {
        await rekey.rp.start(browser, { action })
        expect(browser.heading, action).to.equal('Sign in')
        await browser.press('Sign in', { email: person.email, password: person.password })
        expect(browser.shown.text, action).to.include('Reset authentication device')
        expect(browser.shown.document.querySelector('form[action$="/enrol-totp"]'), action).to.equal(null)
      }
      for (const page of ['/administration', '/support', '/security']) {
        await browser.open(`${rekey.issuer}${page}`)
        expect(browser.heading, page).to.equal(asked)
      }
      await browser.open(`${rekey.issuer}/administration`)
      expect(browser.heading).to.equal(asked)
    })

    it('leaves refresh tokens at what the sign-in was', async () => {
      const person = await rekey.person()
      const browser = await trusting(rekey, person)
      await givePassword(rekey, person, again, browser)
      const { tokens } = await rekey.rp.finish(browser)
      const config = await rekey.rp.config()
      const asking = { acr_values: acrMultiFactor, ...insisting }
      const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!, asking)
      expect(refreshed.claims()?.acr).to.equal(acrPassword)
      expect(refreshed.claims()?.amr).to.deep.equal(['pwd', amrTrustedDevice])
      expect((await oidc.tokenIntrospection(config, refreshed.access_token)).acr).to.equal(acrPassword)
    })
  },
  options,
)
