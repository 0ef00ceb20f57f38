import { expect } from 'chai'
import * as oidc from 'openid-client'
import { Browser } from '../support/browser.ts'
import { linkIn, mailsTo, signIn } from '../support/journeys.ts'
import { embedded, type Person } from '../support/rekey.ts'
import { atSecurity, eventsOf } from '../support/security.ts'
import { type Scene, story } from '../support/story.ts'

const offline = { prompt: 'consent', scope: 'openid offline_access' }
const phone = {
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
}

story('Sessions on other devices', tell, { others: { second: {} } })

function tell(rekey: Scene): void {
  /** Signed in at the app, with tokens that outlive the visit. */
  const atApp = async (person: Person, headers = {}) => {
    const browser = await signIn(rekey, person, offline, new Browser(headers))
    await browser.press('Allow')
    const { tokens, claims } = await rekey.rp.finish(browser)
    return { browser, tokens, claims }
  }
  const refusal = (request: Promise<unknown>) =>
    request.then(
      () => 'accepted',
      (reason) => reason.error ?? reason.cause?.[0]?.parameters?.error ?? reason.message,
    )
  const refresh = async (token: string | undefined) => oidc.refreshTokenGrant(await rekey.rp.config(), token!)
  const told = async (person: Person) => {
    await rekey.work()
    return rekey.rp.loggedOut.filter(({ sub }) => sub === person.id).map(({ sid }) => sid)
  }

  it('are listed with place, time and the apps, this browser first', async () => {
    const person = await rekey.person()
    await atApp(person, phone)
    const browser = await atSecurity(rekey, person)
    const listed = browser.shown.document
      .querySelectorAll('p[id^=session-]')
      .map((one) => one.text.replace(/\s+/g, ' ').trim())
    expect(listed).to.have.length(2)
    expect(listed[0]).to.match(/^Firefox on Linux, 127\.0\.0\.1 This browser Signed in /)
    expect(listed[1]).to.match(/^Safari on iOS, 127\.0\.0\.1 Signed in .* · Test App$/)
  })

  it('keep the place they were signed in from, whatever browser asks later', async () => {
    const person = await rekey.person()
    const { browser } = await atApp(person, phone)
    Object.assign(browser.headers, new Browser().headers)
    await rekey.others.second!.start(browser, { prompt: 'none' })
    await rekey.others.second!.finish(browser)
    const [session] = await rekey.store.sessions.find('account', person.id)
    expect(session!.origin).to.include({ browser: 'Safari', system: 'iOS' })
  })

  it('end one by one: that app is told, its tokens die, and the others live on', async () => {
    const person = await rekey.person()
    const lost = await atApp(person, phone)
    const kept = await atApp(person)
    const browser = await atSecurity(rekey, person, '', kept.browser)
    await browser.press('End this session')
    expect(browser.said).to.equal('That session has ended.')
    expect(await told(person)).to.deep.equal([lost.claims.sid])
    const config = await rekey.rp.config()
    expect(await refusal(refresh(lost.tokens.refresh_token))).to.equal('invalid_grant')
    expect(await refusal(oidc.fetchUserInfo(config, lost.tokens.access_token, person.id))).to.equal(
      'invalid_token',
    )
    await rekey.rp.start(lost.browser, { prompt: 'none' })
    expect(await rekey.rp.refusal(lost.browser)).to.equal('login_required')
    expect(await refusal(refresh(kept.tokens.refresh_token))).to.equal('accepted')
    await rekey.rp.start(browser, { prompt: 'none' })
    expect((await rekey.rp.finish(browser)).claims.sid).to.equal(kept.claims.sid)
  })

  it('end all at once but for this one', async () => {
    const person = await rekey.person()
    const lost = [await atApp(person, phone), await atApp(person)]
    const kept = await atApp(person)
    const browser = await atSecurity(rekey, person, '', kept.browser)
    await browser.press('End all other sessions')
    expect(browser.said).to.include('All other sessions have ended')
    expect(await told(person)).to.have.members(lost.map(({ claims }) => claims.sid))
    for (const { tokens } of lost)
      expect(await refusal(refresh(tokens.refresh_token))).to.equal('invalid_grant')
    expect(await refusal(refresh(kept.tokens.refresh_token))).to.equal('accepted')
    expect(browser.shown.document.querySelectorAll('p[id^=session-]')).to.have.length(1)
  })

  it('take the tokens of a session along that was over already', async function () {
    // A host's sessions end in the host's own store.
    if (embedded) this.skip()
    const person = await rekey.person()
    const gone = await atApp(person, phone)
    await rekey.store.sessions.removeBy('account', person.id)
    const browser = await atSecurity(rekey, person)
    const form = browser.form('Authenticator app').body.get('form')!
    await browser.send('/security/sessions', new URLSearchParams({ form, end: 'others' }))
    expect(await refusal(refresh(gone.tokens.refresh_token))).to.equal('invalid_grant')
  })

  it('are over at our own pages too', async () => {
    const person = await rekey.person()
    const other = await atSecurity(rekey, person)
    const browser = await atSecurity(rekey, person)
    await browser.press('End all other sessions')
    await other.open(other.shown.url)
    expect(other.heading).to.equal('Sign in')
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.heading).to.equal('Security')
  })

  it('are told of by mail to every address, with a way to say no, and logged', async () => {
    const person = await rekey.person({ addresses: ['sessions@people.example'] })
    await atApp(person, phone)
    const browser = await atSecurity(rekey, person)
    await browser.press('End this session')
    for (const address of [person.email, 'sessions@people.example']) {
      const mail = (await mailsTo(rekey, address)).at(-1)!
      expect(mail.subject).to.equal('Sessions of your account were ended')
      await browser.open(linkIn(mail.text, '/recovery/disavow/'))
      expect(browser.words).to.include('Sessions of your account were ended')
    }
    expect(await eventsOf(rekey, person)).to.include('sessions.ended')
  })

  it('say so when they are over already', async () => {
    const person = await rekey.person()
    await atApp(person, phone)
    const browser = await atSecurity(rekey, person)
    const twice = browser.form('End this session')
    await browser.press('End this session')
    await browser.send(twice.action, twice.body)
    expect(browser.said).to.equal('That no longer exists. Here is the current state.')
    expect(await told(person)).to.have.length(1)
  })
}
