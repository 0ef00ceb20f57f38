import { expect } from 'chai'
import * as oidc from 'openid-client'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import {
  askAsWell,
  casesOf,
  codesOn,
  enrol,
  getReset,
  givePassword,
  mailsTo,
  openApproval,
  requestReset,
  signIn,
} from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { insisting } from '../support/relying-app.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

story(
  'After an approved reset',
  (rekey) => {
    const errorOf = (promise: Promise<unknown>): Promise<string> =>
      promise.then(
        () => 'none',
        (error) => error.error ?? error.cause?.[0]?.parameters?.error ?? String(error),
      )

    it('every factor and every backup code is gone', async () => {
      const { person, admin } = await team(rekey)
      await getReset(rekey, person, admin)
      const account = await rekey.account(person)
      expect(account.factors).to.deep.equal([])
      expect(account.backupCodes?.codes).to.deep.equal([])
      const browser = await givePassword(rekey, person)
      expect(browser.heading).to.equal('Set up your new device')
    })

    it('nothing is gone before the approval, nor after a denial', async () => {
      const { person, admin } = await team(rekey)
      const before = await rekey.account(person)
      const { link } = await requestReset(rekey, person, admin)
      const approver = await openApproval(rekey, admin, link)
      expect(await rekey.account(person)).to.deep.equal(before)
      await approver.press('Deny', { reason: 'Not them.' })
      expect(await rekey.account(person)).to.deep.equal(before)
    })

    it('sessions in other browsers are over, for every app', async () => {
      const { person, admin } = await team(rekey)
      const browser = await signIn(rekey, person)
      await rekey.rp.finish(browser)
      const other = rekey.others.second!
      await other.start(browser, { prompt: 'none' })
      await other.finish(browser)
      await getReset(rekey, person, admin)
      for (const app of [rekey.rp, other]) {
        await app.start(browser, { prompt: 'none' })
        expect(await app.refusal(browser)).to.equal('login_required')
      }
    })

    it('each app that was signed in to gets a logout token with its session, and no other app does', async () => {
      const { person, admin } = await team(rekey)
      const browser = await signIn(rekey, person)
      const first = await rekey.rp.finish(browser)
      const other = rekey.others.second!
      await other.start(browser, { prompt: 'none' })
      const second = await other.finish(browser)
      await getReset(rekey, person, admin)
      await rekey.work()
      const heard = [rekey.rp, other, rekey.others.third!].map((app) =>
        app.loggedOut.filter((token) => token.sub === person.id).map((token) => token.sid),
      )
      expect(heard).to.deep.equal([[first.claims.sid], [second.claims.sid], []])
      const token = rekey.rp.loggedOut.find((one) => one.sub === person.id)!
      expect(token.events).to.deep.equal({ 'http://schemas.openid.net/event/backchannel-logout': {} })
      expect(token.nonce).to.equal(undefined)
    })

    it('refresh tokens, access tokens and codes that were not redeemed yet are void', async () => {
      const { person, admin } = await team(rekey)
      const config = await rekey.rp.config()
      const browser = await signIn(rekey, person)
      const { tokens } = await rekey.rp.finish(browser)
      const { access_token: access, refresh_token: refresh } = tokens
      expect((await oidc.fetchUserInfo(config, access, person.id)).email).to.equal(person.email)
      expect((await oidc.tokenIntrospection(config, access)).active).to.equal(true)
      await rekey.rp.start(browser, { prompt: 'none' })
      await getReset(rekey, person, admin)
      expect(await errorOf(oidc.refreshTokenGrant(config, refresh!))).to.equal('invalid_grant')
      expect(await errorOf(oidc.fetchUserInfo(config, access, person.id))).to.equal('invalid_token')
      for (const token of [access, refresh!])
        expect(await oidc.tokenIntrospection(config, token)).to.deep.equal({ active: false })
      expect(await errorOf(rekey.rp.finish(browser))).to.equal('invalid_grant')
    })

    it('a sign-in that stood at the code in another browser starts over, and its old form does nothing', async () => {
      const { person, admin } = await team(rekey)
      const pending = await givePassword(rekey, person)
      const page = pending.shown.url
      const { action, body } = pending.form('Verify', { code: rekey.code(person) })
      await getReset(rekey, person, admin)
      await pending.send(action, body)
      expect(pending.shown.status).to.equal(403)
      await pending.open(page)
      expect(pending.heading).to.equal('Sign in')
      expect(pending.said).to.equal('This sign-in was ended. Please start again.')
      expect(pending.form('Sign in').body.get('email')).to.equal(person.email)
    })

    it('a sign-in that was finished but not yet back at the provider makes no session', async () => {
      const { person, admin } = await team(rekey)
      const pending = await givePassword(rekey, person)
      await pending.press('Verify', { code: rekey.code(person) }, { stopAt: `${rekey.issuer}/auth/` })
      const resume = pending.shown.url
      await getReset(rekey, person, admin)
      await pending.open(resume)
      expect(pending.shown.status).to.equal(400)
      expect(pending.heading).to.equal('This sign-in has expired')
      await rekey.rp.start(pending, { prompt: 'none' })
      expect(await rekey.rp.refusal(pending)).to.equal('login_required')
    })

    it('a super admin who was reset can’t decide any more with the page that was open', async () => {
      const { person, admins } = await team(rekey, { admins: 2 })
      const [reset, other] = admins as [Person, Person]
      const { link, code } = await requestReset(rekey, person, reset)
      const console = await openApproval(rekey, reset, link)
      const { action, body } = console.form('Approve', { code, reason: 'Called.' })
      await getReset(rekey, reset, other)
      await console.send(action, body)
      expect(console.heading).to.equal('Sign in')
      expect((await casesOf(rekey, person))[0]!.status).to.equal('awaiting_admin')
    })

    it('every verified address hears of it, with a way to say "This wasn\'t me"', async () => {
      const { person, admin } = await team(rekey, { person: { addresses: ['home@people.example'] } })
      await getReset(rekey, person, admin)
      for (const address of [person.email, 'home@people.example']) {
        const mail = await rekey.mail.next(address, /^Your authentication device was reset$/)
        expect(mail.text).to.include('/recovery/disavow/')
        expect(mail.text).to.include(rekey.issuer)
      }
    })

    it('the page that waited goes on: recovered, with a lower acr and no mfa in amr', async () => {
      const { person, admin } = await team(rekey)
      const waiting = await getReset(rekey, person, admin)
      await waiting.open(waiting.shown.url)
      expect(waiting.heading).to.equal('Set up your new device')
      expect(waiting.words).to.include('only your password protects this account')
      await waiting.press('Not now')
      const { claims } = await rekey.rp.finish(waiting)
      expect([claims.acr, claims.amr]).to.deep.equal([acrRecovered, ['pwd']])
      const [completed] = await casesOf(rekey, person)
      // The first whole second after it: a sign-in of the second in which it was granted may be from before.
      const { validAfter } = await rekey.account(person)
      const seconds = Math.max(Math.floor(completed!.completedAt! / 1000), Math.ceil(validAfter / 1000))
      expect(claims.auth_time).to.equal(seconds)
    })

    it('another browser that waited for the same request signs in again', async () => {
      const { person, admin } = await team(rekey)
      const { code, link } = await requestReset(rekey, person, admin)
      const joined = await askAsWell(rekey, person)
      const approver = await openApproval(rekey, admin, link)
      await approver.press('Approve', { code, reason: 'Called.' })
      await joined.open(joined.shown.url)
      expect(joined.heading).to.equal('Sign in')
    })

    it('each sign-in with the password stays recovered until a new device is set up', async () => {
      const { person, admin } = await team(rekey)
      await getReset(rekey, person, admin)
      for (const _ of [1, 2]) {
        const browser = await givePassword(rekey, person)
        expect(browser.heading).to.equal('Set up your new device')
        await browser.press('Not now')
        const { claims } = await rekey.rp.finish(browser)
        expect([claims.acr, claims.amr]).to.deep.equal([acrRecovered, ['pwd']])
      }
      const browser = await givePassword(rekey, person)
      person.secret = await enrol(rekey, browser)
      await browser.press('Continue', { saved: 'yes' })
      expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
      const next = await signIn(rekey, person)
      expect((await rekey.rp.finish(next)).claims.acr).to.equal(acrMultiFactor)
    })

    it('an app that insists on a second factor gets it only after enrolment', async () => {
      const { person, admin } = await team(rekey)
      const waiting = await getReset(rekey, person, admin, insisting)
      await waiting.open(waiting.shown.url)
      expect(waiting.heading).to.equal('Set up your new device')
      expect(waiting.words).to.not.include('Not now')
      const { action, body } = waiting.form('Turn on')
      await waiting.send(action.replace(/enrol-totp$/, 'enrol/skip'), body)
      expect(waiting.heading).to.equal('Set up your new device')
      await enrol(rekey, waiting)
      await waiting.press('Continue', { saved: 'yes' })
      const { claims } = await rekey.rp.finish(waiting)
      expect(claims.acr).to.equal(acrMultiFactor)
      expect(claims.amr).to.have.members(['pwd', 'otp', 'mfa'])
    })

    it('enrolment can’t be put off where the organization insists on a second factor', async () => {
      const { person, admin } = await team(rekey, { policy: { requireSecondFactor: true } })
      const waiting = await getReset(rekey, person, admin)
      await waiting.open(waiting.shown.url)
      expect(waiting.heading).to.equal('Set up your new device')
      expect(waiting.words).to.not.include('Not now')
    })

    it('a silent request gets what there is, and is refused where that is not enough', async () => {
      const { person, admin } = await team(rekey)
      const waiting = await getReset(rekey, person, admin)
      await waiting.open(waiting.shown.url)
      await waiting.press('Not now')
      await rekey.rp.finish(waiting)
      await rekey.rp.start(waiting, { prompt: 'none' })
      expect((await rekey.rp.finish(waiting)).claims.acr).to.equal(acrRecovered)
      for (const demand of [insisting, { acr_values: acrMultiFactor }]) {
        await rekey.rp.start(waiting, { prompt: 'none', ...demand })
        expect(await rekey.rp.refusal(waiting)).to.equal('unmet_authentication_requirements')
      }
    })

    it('the recovered session reaches more by setting up a device, and not by giving the password again', async () => {
      const { person, admin } = await team(rekey)
      const waiting = await getReset(rekey, person, admin)
      await waiting.open(waiting.shown.url)
      await waiting.press('Not now')
      await rekey.rp.start(waiting, insisting)
      expect(waiting.heading).to.equal('Set up your new device')
      await enrol(rekey, waiting)
      await waiting.press('Continue', { saved: 'yes' })
      expect((await rekey.rp.finish(waiting)).claims.acr).to.equal(acrMultiFactor)
    })

    it('the old authenticator and the old backup codes stay void when a new device is there', async () => {
      const { person, admin } = await team(rekey)
      const waiting = await getReset(rekey, person, admin)
      await waiting.open(waiting.shown.url)
      await enrol(rekey, waiting)
      expect(waiting.words).to.include('Set2')
      expect(codesOn(waiting)).to.not.include(person.backupCodes[0])
      await waiting.press('Continue', { saved: 'yes' })
      const thief = await givePassword(rekey, person)
      await thief.press('Verify', { code: rekey.code(person) })
      expect(thief.said).to.equal("That code isn't right. Check it and enter it again.")
      await thief.press('Use a backup code')
      await thief.press('Verify', { code: person.backupCodes[0]! })
      expect(thief.said).to.equal('That is not one of your backup codes. Check it and enter it again.')
    })

    it('new tokens are issued and stand', async () => {
      const { person, admin } = await team(rekey)
      const waiting = await getReset(rekey, person, admin)
      await waiting.open(waiting.shown.url)
      await waiting.press('Not now')
      const { tokens } = await rekey.rp.finish(waiting)
      const config = await rekey.rp.config()
      expect((await oidc.fetchUserInfo(config, tokens.access_token, person.id)).sub).to.equal(person.id)
      const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
      expect(refreshed.claims()!.acr).to.equal(acrRecovered)
    })

    it('nobody else is touched', async () => {
      const { organization, person, admin } = await team(rekey)
      const colleague = await rekey.person({ memberships: [{ organization }] })
      const browser = await signIn(rekey, colleague)
      await rekey.rp.finish(browser)
      const before = await rekey.account(colleague)
      const mails = await mailsTo(rekey, colleague.email)
      await getReset(rekey, person, admin)
      expect(await rekey.account(colleague)).to.deep.equal(before)
      expect(await mailsTo(rekey, colleague.email)).to.deep.equal(mails)
      await rekey.rp.start(browser, { prompt: 'none' })
      expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
    })

    it('the recovered session ends after an hour', async () => {
      const { person, admin } = await team(rekey)
      const waiting = await getReset(rekey, person, admin)
      await waiting.open(waiting.shown.url)
      await waiting.press('Not now')
      await rekey.rp.finish(waiting)
      rekey.advance(3_540_000)
      await rekey.rp.start(waiting, { prompt: 'none' })
      await rekey.rp.finish(waiting)
      rekey.advance(62_000)
      await rekey.rp.start(waiting, { prompt: 'none' })
      expect(await rekey.rp.refusal(waiting)).to.equal('login_required')
    })

    it('in no browser is a page of the old sign-in good for anything', async () => {
      const { person, admin } = await team(rekey)
      const old = await signIn(rekey, person)
      const page = /.*\/interaction\/[^/]+/.exec(old.trail[0]!)![0]
      await getReset(rekey, person, admin)
      await old.open(page)
      expect(old.shown.status).to.equal(400)
      const stranger = new Browser()
      await stranger.open(page)
      expect(stranger.shown.status).to.equal(400)
    })
  },
  { others: { second: {}, third: {} } },
)
