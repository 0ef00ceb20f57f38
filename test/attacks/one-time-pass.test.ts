import { expect } from 'chai'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { type Asked, ask, caseOf, issuePass, why } from '../support/cases.ts'
import { enrol, givePassword, linkIn, mailsTo, openApproval, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { insisting } from '../support/relying-app.ts'
import { team } from '../support/team.ts'

const minute = 60_000

attack('A one-time pass', (rekey) => {
  const issued = async (minutes: 10 | 60 | 1440 = 60) => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    return { ...us, ...asked, pass: await issuePass(rekey, us, asked, minutes) }
  }
  const atPass = async (person: Person, params = {}): Promise<Browser> => {
    const browser = await givePassword(rekey, person, params)
    await browser.press('Use a one-time pass')
    return browser
  }
  const wrong = 'That is not the pass. Check it and enter it again.'

  // Seen failing with `pass` kept on the account in `redeemPass` (rules/pass.ts).
  it('signs in once', async () => {
    const { person, pass } = await issued()
    const [browser, late] = [await atPass(person), await atPass(person)]
    await browser.press('Verify', { code: pass })
    await browser.press('Not now')
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrRecovered)
    await late.press('Verify', { code: pass })
    expect(late.heading).to.equal('Enter your code')
    const again = await givePassword(rekey, person)
    expect(again.words).to.not.include('Use a one-time pass')
  })

  it('is what the link in the mails speaks of, and of no reset', async () => {
    const { person } = await issued()
    const { text } = (await mailsTo(rekey, person.email)).at(-1)!
    expect(text).to.not.include('\nExpires:')
    const reader = new Browser()
    await reader.open(linkIn(text, '/recovery/status/'))
    expect(reader.heading).to.equal('Approved')
    expect(reader.words).to.include('sign in once with a one-time pass')
    expect(reader.words).to.include('It works until')
  })

  // Seen failing with `redeemPass` given the account of the visit instead of `current` (interactions/sign-in/steps/pass.ts).
  it('signs in once also when it is sent many times at once', async () => {
    const { person, pass } = await issued()
    const browsers: Browser[] = []
    while (browsers.length < 5) browsers.push(await atPass(person))
    await Promise.all(browsers.map((browser) => browser.press('Verify', { code: pass })))
    expect(browsers.filter(({ heading }) => heading === 'Set up an authenticator app')).to.have.length(1)
  })

  // Seen failing without `expiresAt` in `redeemPass` (rules/pass.ts) and in `hasPass` (rules/challenge.ts).
  it('expires', async () => {
    const { person, pass } = await issued(10)
    const late = await atPass(person)
    rekey.advance(10 * minute)
    await late.press('Verify', { code: pass })
    expect(late.heading).to.equal('Enter your code')
    expect((await givePassword(rekey, person)).words).to.not.include('Use a one-time pass')
  })

  // Seen failing without `failed(…)` in `redeemPass` (rules/pass.ts).
  it('can not be guessed: wrong ones wait longer and longer, in every sign-in', async () => {
    const { person, pass } = await issued()
    const thief = await atPass(person)
    for (let time = 0; time < throttleLimits.free; time += 1) {
      await thief.press('Verify', { code: 'AAAA-BBBB-CCCC-DDDD' })
      expect(thief.said).to.equal(wrong)
    }
    await thief.press('Verify', { code: 'AAAA-BBBB-CCCC-DDDD' })
    const owner = await atPass(person)
    await owner.press('Verify', { code: pass })
    expect(owner.said).to.include('Too many tries')
    rekey.advance(throttleLimits.firstWait)
    await owner.press('Verify', { code: pass })
    expect(owner.heading).to.equal('Set up an authenticator app')
  })

  // Seen failing with the factors removed in `issuePass` (rules/pass.ts), and kept in `replaceFactors` (rules/enrolment.ts).
  it('keeps the old factor until a new one is enrolled, and removes it then', async () => {
    const { person, pass } = await issued()
    const thief = await signIn(rekey, person)
    await rekey.rp.finish(thief)
    const browser = await atPass(person, insisting)
    await browser.press('Verify', { code: pass })
    const secret = await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
    expect((await rekey.account(person)).factors).to.have.length(1)
    const lost = await givePassword(rekey, person)
    await lost.press('Verify', { code: rekey.code(person) })
    expect(lost.said).to.include("That code isn't right")
    await lost.press('Verify', { code: rekey.code({ secret }) })
    await rekey.rp.finish(lost)
    await rekey.rp.start(thief, { prompt: 'none' })
    expect(await rekey.rp.refusal(thief)).to.equal('login_required')
  })

  // Seen failing without `proofs.some(… 'pass')` in `assuranceOf` (rules/assurance.ts).
  it('makes a recovered session, which an app that insists does not accept', async () => {
    const { person, pass } = await issued()
    const browser = await atPass(person)
    await browser.press('Verify', { code: pass })
    await browser.press('Not now')
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.acr).to.equal(acrRecovered)
    expect(claims.amr).to.deep.equal(['pwd'])
    await rekey.rp.start(browser, { ...insisting, prompt: 'none' })
    expect(await rekey.rp.refusal(browser)).to.be.oneOf([
      'login_required',
      'interaction_required',
      'unmet_authentication_requirements',
    ])
    expect((await rekey.account(person)).factors).to.have.length(1)
  })

  // Seen failing with the same pass drawn for everyone, and the case left out of `hashPass` (rules/pass.ts).
  it('does not work for anyone else', async () => {
    const [mine, yours] = [await issued(), await issued()]
    const browser = await atPass(mine.person)
    await browser.press('Verify', { code: yours.pass })
    expect(browser.said).to.equal(wrong)
    const without = await givePassword(rekey, await rekey.person())
    const form = without.form('Verify').body.get('form')!
    await without.send(`${without.shown.url}/pass`, new URLSearchParams({ form, code: mine.pass }))
    expect(without.heading).to.equal('Enter your code')
  })

  // Seen failing with 'pass' beside 'pwd' in `nextStep` (rules/next-step.ts), and the account kept by a wrong password.
  it('does not stand in for the password', async () => {
    const { person, pass } = await issued()
    const browser = await givePassword(rekey, { ...person, password: 'not the password' })
    const form = browser.form('Sign in').body.get('form')!
    await browser.send(`${browser.shown.url}/pass`, new URLSearchParams({ form, code: pass }))
    expect(browser.heading).to.equal('Sign in')
    expect((await rekey.account(person)).pass).to.not.equal(undefined)
  })

  // Seen failing without `isPassLifetime` in `approve` (rules/case-events.ts) and `lifetimeOf` (interactions/recovery/decision.ts).
  it('is issued for ten minutes at least and a day at most', async () => {
    const us = await team(rekey)
    const asked: Asked = await ask(rekey, us)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    for (const lifetime of ['0', '9', '1441', '-60', '1e9', 'NaN', '']) {
      await admin.press('Approve', { code: asked.code, reason: why, outcome: 'pass', lifetime })
      expect(admin.said, lifetime).to.include('Choose how long the pass works')
    }
    expect((await caseOf(rekey, us.person)).status).to.equal('awaiting_admin')
  })
})
