import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { authenticator, type Host } from '../support/host.ts'
import { linkIn, secretOn } from '../support/journeys.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'
import { type AtUpstream, startFederated, type UpstreamKit } from '../support/upstream.ts'

/** Whoever fools the way over the provider of an organization signs in as somebody else. */
describe('Against the provider of an organization', () => {
  let host: Host
  let clock: ProcessClock
  let corp: UpstreamKit
  let group: UpstreamKit

  before(async () => {
    clock = moveProcessTime()
    ;({ host, corp, group } = await startFederated())
  })
  after(async () => {
    await host.stop()
    await Promise.all([corp.stop(), group.stop()])
    clock.restore()
  })

  const eve: AtUpstream = { subject: 'c-eve', email: 'eve@corp.example', verified: true, acr: 'mfa-done' }
  /** To where the provider's answer is about to be taken, and its address. */
  const answered = async (at: AtUpstream, browser = new Browser(), email = 'eve@corp.example') => {
    corp.at = at
    await host.rp.start(browser)
    await browser.press('Sign in with your organization', { email }, { stopAt: `${host.issuer}/upstream/` })
    return { browser, answer: browser.shown.url }
  }
  const signedIn = async (browser: Browser) => {
    if (browser.shown.document.querySelector('button[value=allow]')) await browser.press('Allow')
    return (await host.rp.finish(browser)).claims.sub
  }
  const refused = async (at: AtUpstream, email?: string) => {
    const { browser, answer } = await answered(at, new Browser(), email)
    await browser.open(answer)
    expect(browser.heading).to.equal('Sign in')
    return browser.said
  }

  it('an answer counts once', async () => {
    const { browser, answer } = await answered(eve)
    await browser.open(answer)
    expect(await signedIn(browser)).to.equal('5')
    expect((await browser.open(answer)).status).to.equal(400)
    const other = await answered(eve)
    await other.browser.open(other.answer)
    const waiting = other.browser.shown.url
    expect((await other.browser.open(other.answer)).status).to.equal(400)
    expect((await other.browser.open(waiting)).status).to.be.oneOf([200, 400])
  })

  it("nobody's answer is taken in another browser, nor in another sign-in of the same", async () => {
    const thief = await answered(eve)
    const victim = new Browser()
    await host.rp.start(victim)
    const page = victim.shown.url
    expect((await victim.open(thief.answer)).status).to.equal(400)
    // With the state of the thief's moved to the victim's own sign-in.
    const uid = page.split('/').at(-1)!
    const moved = new URL(thief.answer)
    expect(
      (await victim.open(`${host.issuer}/interaction/${uid}/upstream/corp${moved.search}`)).status,
    ).to.equal(400)
    const own = await answered(eve, victim)
    const [code, state] = [moved.searchParams.get('code')!, new URL(own.answer).searchParams.get('state')!]
    const mixed = new URL(own.answer)
    mixed.searchParams.set('code', code)
    mixed.searchParams.set('state', state)
    await victim.open(mixed.href)
    // The thief's code was made for another challenge and another nonce.
    expect(victim.said).to.include("didn't belong to this sign-in")
    await victim.open(page)
    expect(victim.shown.text).to.not.include('eve@corp.example</span>')
  })

  it("one provider's answer is not taken as another's", async () => {
    const { browser, answer } = await answered(eve)
    expect((await browser.open(answer.replace('/upstream/corp', '/upstream/group'))).status).to.equal(400)
    const other = await answered(eve)
    const url = new URL(other.answer)
    url.searchParams.set('iss', group.issuer)
    await other.browser.open(url.href)
    expect(other.browser.said).to.include("didn't belong to this sign-in")
    const none = await answered(eve)
    const without = new URL(none.answer)
    without.searchParams.delete('iss')
    await none.browser.open(without.href)
    expect(none.browser.said).to.include("didn't belong to this sign-in")
  })

  it('an address that is not proven there is nobody’s, nor one of another domain', async () => {
    const unproven = { subject: 'c-new', email: 'dan@corp.example', verified: false }
    expect(await refused(unproven)).to.include('no account here')
    expect(await refused({ subject: 'c-new', email: 'ben@host.example', verified: true })).to.include(
      'no account',
    )
    expect(await refused({ subject: 'c-new', email: 'ada@host.example', verified: true })).to.include(
      'no account',
    )
    expect(await refused({ subject: 'c-new' })).to.include('no account')
  })

  it('who has somebody’s address today is not who had it before', async () => {
    const { browser, answer } = await answered(eve)
    await browser.open(answer)
    const heir = { ...eve, subject: 'c-heir' }
    expect(await refused(heir)).to.include('belongs to someone else')
    // And a subject stays the person it was, whichever address it has now.
    const renamed = await answered({ ...eve, email: 'dan@corp.example' })
    await renamed.browser.open(renamed.answer)
    expect(await signedIn(renamed.browser)).to.equal('5')
  })

  it('a refusal, an error and silence sign nobody in', async () => {
    expect(await refused({ ...eve, refuses: true })).to.include("didn't sign you in")
    const { browser, answer } = await answered(eve)
    const url = new URL(answer)
    url.searchParams.delete('code')
    url.searchParams.set('error', 'server_error')
    await browser.open(url.href)
    expect(browser.said).to.include("can't be reached")
  })

  it('a person who was moved away is none of that provider’s any more', async () => {
    const { browser, answer } = await answered(eve)
    await browser.open(answer)
    const listed = host.people.get('5')!
    host.people.set('5', { ...listed, login: 'eve@elsewhere.example', password: 'eve-and-a-long-password' })
    try {
      expect(await refused(eve, 'eve@corp.example')).to.include("doesn't sign in with Corp")
    } finally {
      host.people.set('5', listed)
    }
  })

  it('no password and no forgotten one leads past it', async () => {
    const browser = new Browser()
    await host.rp.start(browser)
    await browser.press(
      'Sign in',
      { email: 'dan@corp.example', password: 'dan-and-a-long-password' },
      { stopAt: corp.issuer },
    )
    expect(browser.shown.url).to.include(corp.issuer)
    await host.rp.start(browser)
    await browser.press('Forgot your password?')
    await browser.press('Send the code', { email: 'dan@corp.example' })
    expect(browser.said).to.include('you sign in with Corp')
    const member = new Browser()
    await host.rp.start(member)
    await member.press('Sign in', { email: 'finn@group.example', password: 'finn-and-a-long-password' })
    await member.open(member.shown.url)
    expect(member.heading).to.equal('Sign in with your organization')
  })

  it('a session there from before “This wasn’t me” lets nobody in', async () => {
    const dan = { subject: 'c-dan', email: 'dan@corp.example', verified: true }
    const owner = (await answered(dan, new Browser(), 'dan@corp.example')).browser
    await owner.open(owner.shown.url)
    const code = authenticator(secretOn(owner), clock)
    await owner.press('Turn on', { code: code() })
    const thief = await answered({ ...dan, since: 120 }, new Browser(), 'dan@corp.example')
    await thief.browser.open(thief.answer)
    await thief.browser.press('Reset authentication device')
    await thief.browser.press('Send request')
    const mail = await host.mail.next('dan@corp.example', /reset/i)
    await owner.open(linkIn(mail.text, '/recovery/disavow/'))
    await owner.press("This wasn't me")
    const again = await answered({ ...dan, since: 600 }, new Browser(), 'dan@corp.example')
    await again.browser.open(again.answer)
    expect(again.browser.heading).to.equal('Sign in with your organization')
    await again.browser.press('Continue with Corp')
    expect(again.browser.said).to.include("didn't ask you to sign in again")
    corp.at = dan
    await again.browser.press('Continue with Corp')
    expect(again.browser.heading).to.equal('Enter your code')
  })
})
