import { expect } from 'chai'
import { acrMultiFactor, acrPassword } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { authenticator, type Host } from '../support/host.ts'
import { codeIn, linkIn, secretOn } from '../support/journeys.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'
import { startFederated, type UpstreamKit } from '../support/upstream.ts'

describe('The OpenID provider of an organization', () => {
  let host: Host
  let clock: ProcessClock
  let corp: UpstreamKit
  let group: UpstreamKit
  let code: () => string

  before(async () => {
    clock = moveProcessTime()
    ;({ host, corp, group } = await startFederated())
  })
  after(async () => {
    await host.stop()
    await Promise.all([corp.stop(), group.stop()])
    clock.restore()
  })

  const agree = async (browser: Browser) => {
    if (browser.shown.document.querySelector('button[value=allow]')) await browser.press('Allow')
  }
  const atCorp = async (email: string, params: { [name: string]: string } = {}, browser = new Browser()) => {
    await host.rp.start(browser, params)
    await browser.press('Sign in with your organization', { email })
    return browser
  }
  const finish = async (browser: Browser) => {
    await agree(browser)
    return (await host.rp.finish(browser)).claims
  }
  const dan = { subject: 'c-dan', email: 'dan@corp.example', verified: true }

  it('signs in people of its domains, who set up a second factor here', async () => {
    corp.at = dan
    const browser = await atCorp('dan@corp.example')
    code = authenticator(secretOn(browser), clock)
    await browser.press('Turn on', { code: code() })
    await browser.press('Continue', { saved: 'yes' })
    const claims = await finish(browser)
    expect(claims).to.include({ sub: '4', acr: acrMultiFactor })
    expect(claims.amr).to.deep.equal(['mfa', 'fed', 'otp'])
    expect(corp.asked.at(-1)!.get('login_hint')).to.equal('dan@corp.example')
  })

  it('is where they are sent whatever they type as a password, and asks for the factor set up here', async () => {
    corp.at = { ...dan, amr: ['mfa'], acr: 'something-else' }
    const browser = new Browser()
    await host.rp.start(browser)
    await browser.press('Sign in', { email: 'Dan@Corp.example', password: 'whatever' })
    expect(browser.heading).to.equal('Enter your code')
    await browser.press('Verify', { code: code() })
    expect((await finish(browser)).acr).to.equal(acrMultiFactor)
  })

  it('knows them by their subject afterwards, whatever their address there', async () => {
    corp.at = { subject: 'c-dan', email: 'somebody@corp.example', verified: false }
    const browser = await atCorp('dan@corp.example')
    expect(browser.heading).to.equal('Enter your code')
    expect(browser.words).to.include('dan@corp.example')
  })

  it('stands for a second factor where the operator lets it, and no one is asked to set one up', async () => {
    corp.at = { subject: 'c-eve', email: 'eve@corp.example', verified: true, acr: 'mfa-done' }
    const browser = await atCorp('eve@corp.example')
    const claims = await finish(browser)
    expect(claims.acr).to.equal(acrMultiFactor)
    expect(claims.amr).to.deep.equal(['mfa', 'fed'])
    expect(corp.asked.at(-1)!.get('acr_values')).to.equal('mfa-done')
  })

  it('says when a person proved who they are: an older session there makes no new sign-in here', async () => {
    corp.at = { subject: 'c-eve', email: 'eve@corp.example', verified: true, acr: 'mfa-done', since: 7200 }
    const claims = await finish(await atCorp('eve@corp.example'))
    expect(Date.now() / 1000 - claims.auth_time!).to.be.within(7190, 7260)
  })

  it('is asked to have it proven anew where the app asks for that', async () => {
    corp.at = { subject: 'c-eve', email: 'eve@corp.example', verified: true, acr: 'mfa-done', since: 7200 }
    const browser = await atCorp('eve@corp.example', { max_age: '600' })
    expect(corp.asked.at(-1)!.get('max_age')).to.equal('600')
    expect(browser.said).to.include("didn't ask you to sign in again")
    corp.at.since = 0
    await browser.press('Sign in with your organization', { email: 'eve@corp.example' })
    expect(Date.now() / 1000 - (await finish(browser)).auth_time!).to.be.below(60)
  })

  // Seen failing without `iat` in `isFresh` (adapters/upstream/connect.ts).
  it('is not believed to have proven anew what is still to come by the clock there', async () => {
    corp.at = { subject: 'c-eve', email: 'eve@corp.example', verified: true, acr: 'mfa-done', since: -7200 }
    const browser = await atCorp('eve@corp.example', { max_age: '600' })
    expect(browser.said).to.include("didn't ask you to sign in again")
  })

  it('signs members of an organization in, after a password that proves nothing more', async () => {
    group.at = { subject: 'g-finn', email: 'finn@group.example', verified: true }
    const browser = new Browser()
    await host.rp.start(browser)
    await browser.press('Sign in', { email: 'finn@group.example', password: 'finn-and-a-long-password' })
    expect(browser.heading).to.equal('Sign in with your organization')
    await browser.press('Continue with Group')
    // Of no domain that is the provider's: somebody else could have the address there.
    expect(browser.said).to.include('no account here')
  })

  it('is not asked for addresses of no organization', async () => {
    const browser = await atCorp('ben@host.example')
    expect(browser.said).to.include('No organization is set up')
    await browser.press('Sign in', { email: 'ben@host.example', password: 'ben-and-a-long-password' })
    await browser.press('Not now')
    expect((await finish(browser)).acr).to.equal(acrPassword)
  })

  it('proves who it is again before a factor is bound in a session that has stood for a while', async () => {
    corp.at = dan
    const browser = await atCorp('dan@corp.example')
    await browser.press('Verify', { code: code() })
    await finish(browser)
    clock.offset += 3_600_000
    await host.rp.start(browser, { acr_values: 'phr' })
    await browser.press('Verify', { code: code() })
    expect(browser.heading).to.equal('Sign in with your organization')
    corp.at = { ...dan, since: 3600 }
    await browser.press('Continue with Corp')
    expect(browser.said).to.include("didn't ask you to sign in again")
    corp.at = dan
    await browser.press('Continue with Corp')
    expect(browser.heading).to.equal('Set up a passkey')
  })

  it('proves who it is again before a reset is asked for, and no password does', async () => {
    corp.at = dan
    const browser = await atCorp('dan@corp.example')
    await browser.press('Verify', { code: code() })
    await finish(browser)
    clock.offset += 3_600_000
    await atCorp('dan@corp.example', { action: 'reset_authenticator' }, browser)
    expect(corp.asked.at(-1)!.get('max_age')).to.equal('0')
    expect(corp.asked.at(-1)!.get('prompt')).to.equal('login')
    expect(browser.heading).to.equal('Reset authentication device')
    await browser.press('Send request')
    const own = await host.mail.next('dan@corp.example', /^You asked to reset/)
    const ada = new Browser()
    const request = await host.mail.next('ada@host.example', /^Dan asks you to reset/)
    await ada.open(linkIn(request.text, '/recovery/approve/'))
    await ada.press('Sign in', { email: 'ada@host.example', password: 'ada-and-a-long-password' })
    const adas = authenticator(secretOn(ada), clock)
    await ada.press('Turn on', { code: adas() })
    await ada.press('Continue', { saved: 'yes' })
    await ada.press('Approve', { code: codeIn(own.text), reason: 'I know her' })
    expect(ada.words).to.include('Dan')
    expect((await host.recovery.accounts.protection('4'))!.factors).to.deep.equal([])
  })
})
