import { expect } from 'chai'
import * as oidc from 'openid-client'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { Browser } from '../support/browser.ts'
import { askForReset, givePassword, signIn } from '../support/journeys.ts'
import { embedded, type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

describeEachEngine('Actions that an app sends people to do', (engine) => {
  let opened: Opened
  let rekey: Rekey

  before(async () => {
    opened = await engine.open()
    rekey = await startRekey(opened.store, {
      clients: [
        {
          client_id: 'limited',
          client_secret: 'a secret of the tests, long enough',
          redirect_uris: ['https://limited.example/callback'],
          actions: ['backup_codes'],
        },
      ],
    })
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
    expect(rekey.logged).to.deep.equal([])
  })

  const returned = (browser: Browser) =>
    new URL(browser.trail.find((url) => url.startsWith(`${rekey.rp.origin}/callback`))!).searchParams
  const secretOn = (browser: Browser) => /secret=([A-Z2-7]+)/.exec(browser.shown.text)![1]!

  it('enrols a second authenticator, and the app hears of success', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person, { action: 'enrol' })
    await browser.press('Turn on', { code: totpCode(secretOn(browser), rekey.now()) })
    expect(returned(browser).get('action_status')).to.equal('success')
    await rekey.rp.finish(browser)
    const account = await rekey.account(person)
    expect(account.factors).to.have.length(2)
    expect(account.backupCodes?.number).to.equal(1)
    expect((await rekey.mail.next(person.email, /added/)).text).to.include("This wasn't me")
  })

  it('turning back changes nothing and is told as cancelled, in Keycloak’s words too', async () => {
    const person = await rekey.person()
    const before = await rekey.account(person)
    const browser = await signIn(rekey, person, { kc_action: 'CONFIGURE_TOTP' })
    await browser.press('Not now')
    expect(returned(browser).get('action_status')).to.equal('cancelled')
    expect(returned(browser).get('kc_action_status')).to.equal('cancelled')
    expect(returned(browser).get('kc_action')).to.equal('CONFIGURE_TOTP')
    expect((await rekey.account(person)).factors.map((factor) => factor.id)).to.deep.equal(
      before.factors.map((factor) => factor.id),
    )
  })

  it('makes new backup codes only once they are saved, and the old set is void', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person, { action: 'backup_codes' })
    await browser.press('Make backup codes')
    expect(browser.shown.document.querySelectorAll('ol.codes li')).to.have.length(10)
    await browser.press('Continue', { saved: 'yes' })
    expect(returned(browser).get('action_status')).to.equal('success')
    const next = await givePassword(rekey, person)
    await next.press('Use a backup code')
    await next.press('Verify', { code: person.backupCodes[0]! })
    expect(next.said).to.include('not one of your backup codes')
  })

  it('removes a method and tells every address', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person, { action: 'manage_factors' })
    await browser.press('Remove')
    await browser.press('Done')
    expect(returned(browser).get('action_status')).to.equal('success')
    expect((await rekey.account(person)).factors).to.deep.equal([])
    expect((await rekey.mail.next(person.email, /removed/)).text).to.include("This wasn't me")
  })

  it('keeps the last method of someone who must have one', async () => {
    const organization = await rekey.organization('Strict', { requireSecondFactor: true })
    const person = await rekey.person({ memberships: [{ organization }] })
    const browser = await signIn(rekey, person, { action: 'manage_factors' })
    const { action, body } = browser.form('Done')
    body.set('factor', (await rekey.account(person)).factors[0]!.id)
    await browser.send(action.replace('/done', '/remove'), body)
    expect((await rekey.account(person)).factors).to.have.length(1)
  })

  it('opens the reset for someone who lost the device, and comes back with success', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const browser = await givePassword(rekey, person, { action: 'reset_authenticator' })
    expect(browser.heading).to.equal('Reset authentication device')
    await browser.press('Back to the code')
    await browser.press('Verify', { code: rekey.code(person) })
    await browser.press('Turn on', { code: totpCode(secretOn(browser), rekey.now()) })
    await browser.press('Continue', { saved: 'yes' })
    expect(returned(browser).get('action_status')).to.equal('success')
    expect((await rekey.account(person)).factors).to.have.length(1)
  })

  it('shows where a request stands, and cancels it', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const none = await signIn(rekey, person, { action: 'recovery_status' })
    expect(none.heading).to.equal('No open request')
    await none.press('Continue')
    expect(returned(none).get('action_status')).to.equal('success')
    await askForReset(rekey, person)
    const browser = await signIn(rekey, person, { action: 'recovery_status' })
    await browser.press('Cancel this request')
    const [open] = await rekey.store.cases.find('openFor', person.id)
    expect(open).to.equal(undefined)
  })

  it('takes a fresh sign-in, however well one is signed in already', async function () {
    // A host's sessions are in the host's own store, where this one can't be made older.
    if (embedded) this.skip()
    const person = await rekey.person()
    const browser = await signIn(rekey, person)
    const [session] = await rekey.store.sessions.find('account', person.id)
    const old = { ...JSON.parse(session!.payload), loginTs: Math.floor(rekey.now() / 1000) - 400 }
    await rekey.store.sessions.update(session!.id, (current) => [
      { ...current!, payload: JSON.stringify(old) },
      undefined,
    ])
    await rekey.rp.start(browser, { action: 'enrol' })
    expect(browser.heading).to.equal('Sign in')
  })

  it('refuses unknown actions, ones a client may not ask for, and silent ones', async () => {
    const person = await rekey.person()
    const browser = new Browser()
    await rekey.rp.start(browser, { action: 'delete_everything' })
    await rekey.rp.finish(browser).then(
      () => expect.fail('taken'),
      (error) => expect(error.error).to.equal('invalid_request'),
    )
    const config = await rekey.rp.config()
    const url = new URL(config.serverMetadata().authorization_endpoint!)
    url.search = new URLSearchParams({
      client_id: 'limited',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://limited.example/callback',
      action: 'enrol',
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    }).toString()
    await browser.open(url.href, { stopAt: 'https://limited.example/' })
    expect(new URL(browser.shown.url).searchParams.get('error')).to.equal('invalid_request')
    const signedIn = await signIn(rekey, person)
    await rekey.rp.start(signedIn, { prompt: 'none', action: 'enrol' })
    await rekey.rp.finish(signedIn).then(
      () => expect.fail('taken'),
      (error) => expect(error.error).to.equal('interaction_required'),
    )
  })
})
