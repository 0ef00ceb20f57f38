import { expect } from 'chai'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { codeFactors } from '../../rules/totp.ts'
import { codesOn, enrol, givePassword, mailsTo, secretOn, signIn } from '../support/journeys.ts'
import { insisting } from '../support/relying-app.ts'
import { story } from '../support/story.ts'

story('Enrolment of an authenticator app', (rekey) => {
  it('shows the key as a picture, as a link and as text, all the same', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    const { document } = browser.shown
    const secret = secretOn(browser)
    expect(document.querySelector('svg.qr')!.getAttribute('role')).to.equal('img')
    expect(document.querySelector('#secret')!.text.replaceAll(' ', '')).to.equal(secret)
    const uri = new URL(document.querySelector('a[href^="otpauth:"]')!.getAttribute('href')!)
    expect(uri.searchParams.get('secret')).to.equal(secret)
    expect(uri.searchParams.get('issuer')).to.equal('Rekey')
    expect(decodeURIComponent(uri.pathname)).to.include(person.email)
  })

  it('leaves the account as it is until a code is proven, however often the page is opened', async () => {
    const person = await rekey.person({ bare: true })
    const before = await rekey.account(person)
    const browser = await givePassword(rekey, person)
    const secret = secretOn(browser)
    await browser.open(browser.shown.url)
    expect(secretOn(browser)).to.equal(secret)
    await browser.press('Turn on', { code: '000000' })
    expect(browser.said).to.equal("That code isn't right. Check it and enter it again.")
    expect(secretOn(browser)).to.equal(secret)
    expect(await rekey.account(person)).to.deep.equal(before)
    expect(await mailsTo(rekey, person.email)).to.deep.equal([])
  })

  it('offers each sign-in a key of its own', async () => {
    const person = await rekey.person({ bare: true })
    const secrets = [await givePassword(rekey, person), await givePassword(rekey, person)].map(secretOn)
    expect(new Set(secrets)).to.have.length(2)
  })

  it('counts from the first code on, tells the person by mail, and says so to the app', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    await enrol(rekey, browser)
    expect((await rekey.account(person)).factors).to.have.length(1)
    expect((await rekey.mail.next(person.email, /./)).subject).to.equal('A sign-in method was added')
    await browser.press('Continue', { saved: 'yes' })
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.acr).to.equal(acrMultiFactor)
    expect(claims.amr).to.have.members(['pwd', 'otp', 'mfa'])
  })

  it('asks for the new authenticator at the next sign-in, and not for the code that proved it', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    const secret = secretOn(browser)
    const proof = totpCode(secret, rekey.now())
    await browser.press('Turn on', { code: proof })
    await browser.press('Continue', { saved: 'yes' })
    const next = await givePassword(rekey, { ...person, secret })
    expect(next.heading).to.equal('Enter your code')
    await next.press('Verify', { code: proof })
    expect(next.said).to.equal('That code was used already. Wait for the next one.')
  })

  it('asks again at the next sign-in when it was put off', async () => {
    const person = await rekey.person({ bare: true })
    for (const _ of [1, 2]) {
      const browser = await givePassword(rekey, person)
      expect(browser.heading).to.equal('Set up an authenticator app')
      await browser.press('Not now')
      expect((await rekey.rp.finish(browser)).claims.amr).to.deep.equal(['pwd'])
    }
  })

  it('can’t be put off where the app insists on a second factor', async () => {
    const browser = await givePassword(rekey, await rekey.person({ bare: true }), insisting)
    expect(browser.heading).to.equal('Set up an authenticator app')
    expect(browser.words).to.not.include('Not now')
    const { action, body } = browser.form('Turn on')
    await browser.send(action.replace(/enrol-totp$/, 'enrol/skip'), body)
    expect(browser.heading).to.equal('Set up an authenticator app')
  })

  it('can’t be put off where an organization of the person insists on it', async () => {
    const strict = await rekey.organization('Strict', { requireSecondFactor: true })
    const person = await rekey.person({ bare: true, memberships: [{ organization: strict }] })
    const browser = await givePassword(rekey, person)
    const { action, body } = browser.form('Turn on')
    await browser.send(action.replace(/enrol-totp$/, 'enrol/skip'), body)
    expect(browser.heading).to.equal('Set up an authenticator app')
    expect(browser.words).to.not.include('Not now')
  })

  it('sets up one factor when two browsers prove theirs at the same time', async () => {
    const person = await rekey.person({ bare: true })
    const browsers = [await givePassword(rekey, person), await givePassword(rekey, person)]
    const secrets = browsers.map(secretOn)
    await Promise.all(browsers.map((browser) => enrol(rekey, browser)))
    const factors = codeFactors(await rekey.account(person))
    expect(factors).to.have.length(1)
    const [factor] = factors
    const kept = secrets.indexOf(rekey.app.services.ring.open(factor!.secret, factor!.id))
    expect(browsers[kept]!.heading).to.equal('Save your backup codes')
    expect(browsers[1 - kept]!.heading).to.equal('Enter your code')
  })

  it('is no way around the factor that is there already', async () => {
    const person = await rekey.person()
    const before = await rekey.account(person)
    const late = await rekey.person({ bare: true })
    const page = await givePassword(rekey, late)
    const browser = await givePassword(rekey, person)
    const { action, body } = browser.form('Verify', { code: totpCode(secretOn(page), rekey.now()) })
    await browser.send(action.replace(/totp$/, 'enrol-totp'), body)
    expect(browser.heading).to.equal('Enter your code')
    expect((await rekey.account(person)).factors).to.deep.equal(before.factors)
  })

  it('makes no session before its codes are saved', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    await enrol(rekey, browser)
    expect(codesOn(browser)).to.have.length(10)
    await rekey.rp.start(browser, { prompt: 'none' })
    expect(await rekey.rp.refusal(browser)).to.equal('login_required')
  })

  it('is not offered to someone who has a factor', async () => {
    const browser = await signIn(rekey, await rekey.person())
    expect(browser.trail.at(-1)).to.match(new RegExp(`^${rekey.rp.origin}/callback`))
  })
})
