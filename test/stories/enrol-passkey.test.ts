import type { PublicKeyCredentialCreationOptionsJSON as Creation } from '@simplewebauthn/server'
import { expect } from 'chai'
import { challengeLifetime, usablePasskeys } from '../../rules/passkeys.ts'
import { accountIn } from '../support/accounts.ts'
import { makePasskey, newAuthenticator, optionsOn, usePasskey } from '../support/authenticator.ts'
import type { Browser } from '../support/browser.ts'
import { enrol, givePassword, mailsTo, signIn } from '../support/journeys.ts'
import { story } from '../support/story.ts'

const another = 'Passkey or security key'

story('Enrolment of a passkey', (rekey) => {
  const passkeysOf = async (person: { id: string }) =>
    usablePasskeys((await accountIn(rekey.store, person.id))!)
  const returned = (browser: Browser) =>
    new URL(browser.trail.find((url) => url.startsWith(`${rekey.rp.origin}/callback`))!).searchParams

  it('counts from the moment it was made, tells the person by mail, and says so to the app', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    await browser.press(another)
    expect(browser.heading).to.equal('Set up a passkey')
    await makePasskey(browser, newAuthenticator(new URL(rekey.issuer).origin))
    expect(browser.heading).to.equal('Save your backup codes')
    await browser.press('Continue', { saved: 'yes' })
    const { claims } = await rekey.rp.finish(browser)
    expect([claims.acr, claims.amr]).to.deep.equal(['phr', ['mfa', 'hwk', 'pwd', 'user']])
    expect((await rekey.mail.next(person.email, /added/)).text).to.include('Passkey or security key')
  })

  it('asks the browser for a passkey of a person it can not recognize, with what it needs to know', async () => {
    const person = await rekey.person({ bare: true, name: 'Ada' })
    const browser = await givePassword(rekey, person)
    await browser.press(another)
    const options = await optionsOn<Creation>(browser)
    expect(options.rp).to.deep.equal({ id: 'localhost', name: 'Rekey' })
    expect(options.user).to.include({ name: person.email, displayName: 'Ada' })
    expect(Buffer.from(options.user.id, 'base64url')).to.have.length(32)
    expect(Buffer.from(options.user.id, 'base64url').toString()).to.not.include(person.id)
    expect(options.authenticatorSelection).to.include({
      residentKey: 'preferred',
      userVerification: 'preferred',
    })
    expect([options.attestation, options.timeout]).to.deep.equal(['none', challengeLifetime])
    expect(Buffer.from(options.challenge, 'base64url')).to.have.length(32)
  })

  it('keeps the name that the person gave it', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    await browser.press(another)
    const credential = newAuthenticator(new URL(rekey.issuer).origin).create(
      await optionsOn<Creation>(browser),
    )
    await browser.press('Create a passkey', { credential, name: ` Blue\t key ${'x'.repeat(100)}` })
    const [made] = await passkeysOf(person)
    expect(made!.name)
      .to.match(/^Blue key x+$/)
      .and.have.length(60)
  })

  it('adds several, and keeps those that are there from being made twice', async () => {
    const person = await rekey.person()
    const authenticators = [
      newAuthenticator(new URL(rekey.issuer).origin),
      newAuthenticator(new URL(rekey.issuer).origin),
    ]
    const browser = await signIn(rekey, person, { action: 'enrol:passkey' })
    expect((await optionsOn<Creation>(browser)).excludeCredentials).to.deep.equal([])
    await makePasskey(browser, authenticators[0]!)
    expect(returned(browser).get('action_status')).to.equal('success')
    const again = await givePassword(rekey, person, { action: 'enrol:passkey' })
    await usePasskey(again, authenticators[0]!)
    const { excludeCredentials } = await optionsOn<Creation>(again)
    expect(excludeCredentials!.map(({ id }) => id)).to.deep.equal([authenticators[0]!.credential])
    await makePasskey(again, authenticators[1]!)
    expect(returned(again).get('action_status')).to.equal('success')
    expect((await passkeysOf(person)).map(({ credential }) => credential)).to.deep.equal(
      authenticators.map(({ credential }) => credential),
    )
  })

  it('is what Keycloak’s webauthn-register asks for, and can be turned down', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person, { kc_action: 'webauthn-register' })
    expect(browser.heading).to.equal('Set up a passkey')
    await browser.press('Not now')
    expect(returned(browser).get('kc_action_status')).to.equal('cancelled')
    const again = await signIn(rekey, person, { kc_action: 'webauthn-register' })
    await makePasskey(again, newAuthenticator(new URL(rekey.issuer).origin))
    expect(returned(again).get('kc_action_status')).to.equal('success')
    expect(await passkeysOf(person)).to.have.length(1)
  })

  it('leaves the account as it is until a passkey is made, however often the page is opened', async () => {
    const person = await rekey.person({ bare: true })
    const before = await rekey.account(person)
    const browser = await givePassword(rekey, person)
    await browser.press(another)
    const first = await optionsOn(browser)
    await browser.open(browser.shown.url)
    expect((await optionsOn(browser)).challenge).to.equal(first.challenge)
    await browser.press('Create a passkey', { credential: '{}' })
    expect(browser.said).to.include('could not be set up')
    expect(await rekey.account(person)).to.deep.equal(before)
    expect(await mailsTo(rekey, person.email)).to.deep.equal([])
  })

  it('must happen within five minutes', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    await browser.press(another)
    const credential = newAuthenticator(new URL(rekey.issuer).origin).create(
      await optionsOn<Creation>(browser),
    )
    rekey.advance(challengeLifetime)
    await browser.press('Create a passkey', { credential })
    expect(browser.said).to.equal('That took too long. Please try again.')
    await makePasskey(browser, newAuthenticator(new URL(rekey.issuer).origin))
    expect(browser.heading).to.equal('Save your backup codes')
  })

  it('says what to do where JavaScript is off, and offers the other kinds', async () => {
    const browser = await givePassword(rekey, await rekey.person({ bare: true }))
    await browser.press(another)
    expect(browser.words).to.include('Passkeys need JavaScript')
    await browser.press('Authenticator app')
    await enrol(rekey, browser)
    expect(browser.heading).to.equal('Save your backup codes')
  })

  it('is not offered where an organization of the person allows other methods only', async () => {
    const organization = await rekey.organization('Codes only', { methods: ['totp'] })
    const person = await rekey.person({ bare: true, memberships: [{ organization }] })
    const browser = await givePassword(rekey, person)
    expect(browser.words).to.not.include(another)
    const { action, body } = browser.form('Turn on')
    body.append('kind', 'passkey')
    await browser.send(action.replace(/enrol-totp$/, 'enrol/choose'), body)
    expect(browser.heading).to.equal('Set up an authenticator app')
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    await rekey.rp.start(browser, { action: 'enrol:passkey' })
    expect(browser.heading).to.equal('Set up an authenticator app')
  })

  it('leaves what an organization no longer allows in use', async () => {
    const organization = await rekey.organization('Changing')
    const person = await rekey.person({ bare: true, memberships: [{ organization }] })
    const key = newAuthenticator(new URL(rekey.issuer).origin)
    const browser = await givePassword(rekey, person)
    await browser.press(another)
    await makePasskey(browser, key)
    await browser.press('Continue', { saved: 'yes' })
    await rekey.store.organizations.update(organization, (current) => [
      { ...current!, policy: { methods: ['totp'] } },
      undefined,
    ])
    const next = await givePassword(rekey, person)
    await usePasskey(next, key)
    expect((await rekey.rp.finish(next)).claims.acr).to.equal('phr')
  })
})
