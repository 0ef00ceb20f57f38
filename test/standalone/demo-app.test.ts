import type { OutgoingHttpHeaders, Server } from 'node:http'
import { expect } from 'chai'
import { acrMultiFactor, acrPassword, acrRecovered } from '../../rules/assurance.ts'
import { figuresResource } from '../../standalone/demo/figures-api.ts'
import { createRelyingApp, demoClient } from '../../standalone/demo/relying-app.ts'
import { Browser } from '../support/browser.ts'
import { listening, originOf, passSignIn, serve, shut } from '../support/examples.ts'
import { enrol, getReset } from '../support/journeys.ts'
import { type Person, type Rekey, startRekey } from '../support/rekey.ts'
import { lmdb, type Opened } from '../support/stores.ts'
import { team } from '../support/team.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

const minute = 60_000
const secret = 'a secret of the tests, long enough'

describe('The demo app', () => {
  let clock: ProcessClock
  let opened: Opened
  let server: Server
  let rekey: Rekey
  let app: string
  /** What is answered at a path in place of the app. */
  let answers: { [path: string]: [number, OutgoingHttpHeaders] } = {}

  before(async () => {
    clock = moveProcessTime()
    opened = await lmdb.open(() => Date.now())
    server = await listening()
    app = originOf(server)
    const config = { resources: [figuresResource(app)] }
    rekey = await startRekey(opened.store, { clock, config, clients: [demoClient(app, secret)] })
    const handle = createRelyingApp({ issuer: rekey.issuer, origin: app, secret }).callback()
    serve(server, (request, response) => {
      const instead = answers[request.url ?? '']
      return instead === undefined ? handle(request, response) : response.writeHead(...instead).end()
    })
  })
  afterEach(() => {
    answers = {}
  })
  after(async () => {
    await shut(server)
    await rekey.stop()
    await opened.dispose()
    clock.restore()
    expect(rekey.logged).to.deep.equal([])
  })

  const signedIn = async (person: Person, login = '/login') => {
    const browser = new Browser()
    await browser.open(app + login)
    await passSignIn(rekey, person, browser)
    return browser
  }

  const tokenOn = (browser: Browser) =>
    JSON.parse(browser.shown.document.querySelector('#id-token')!.textContent)

  const challenged = (browser: Browser) =>
    new URL(browser.trail.find((url) => url.includes('/auth?'))!).searchParams

  it('says who the person is and how they signed in', async () => {
    const person = await rekey.person()
    const browser = await signedIn(person)
    expect(browser.words).to.include(person.name).and.to.include(person.email)
    expect(tokenOn(browser)).to.include({ sub: person.id, acr: acrMultiFactor })
  })

  it('shows the figures to a second factor of just now without a question', async () => {
    const browser = await signedIn(await rekey.person())
    await browser.press('Show the figures')
    expect(browser.heading).to.equal('Figures')
    expect(browser.trail).to.have.length(1)
  })

  it('leads a sign-in by password through a second factor to the figures', async () => {
    const browser = await signedIn(await rekey.person({ bare: true }), '/login?level=any')
    await browser.press('Not now')
    expect(tokenOn(browser).acr).to.equal(acrPassword)
    await browser.press('Show the figures')
    expect(browser.heading).to.equal('Set up an authenticator app')
    expect(challenged(browser).get('acr_values')).to.include(acrMultiFactor)
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect(browser.heading).to.equal('Figures')
    expect(browser.words).to.include(acrMultiFactor)
  })

  it('asks again when the sign-in is older than the API takes, and comes back', async () => {
    const person = await rekey.person()
    const browser = await signedIn(person)
    rekey.advance(6 * minute)
    await browser.press('Show the figures')
    expect(browser.heading).to.equal('Sign in')
    expect(challenged(browser).get('max_age')).to.equal('300')
    await passSignIn(rekey, person, browser)
    expect(browser.heading).to.equal('Figures')
  })

  it('hears that a session has ended, and signs in again for the figures', async () => {
    const { person, admin } = await team(rekey)
    const browser = await signedIn(person)
    await getReset(rekey, person, admin)
    await rekey.work()
    await browser.open(`${app}/`)
    expect(browser.said).to.equal('The identity provider ended your session.')
    await browser.open(`${app}/figures`)
    expect(browser.heading).to.equal('Sign in')
  })

  it('notices at the figures that a session has ended, when it missed being told', async () => {
    answers = { '/backchannel-logout': [200, {}] }
    const { person, admin } = await team(rekey)
    const browser = await signedIn(person)
    await getReset(rekey, person, admin)
    await browser.press('Show the figures')
    expect(browser.heading).to.equal('Sign in')
  })

  it('gives up on an API that no sign-in satisfies, or that does not answer', async () => {
    const challenge = 'Bearer error="insufficient_user_authentication", acr_values="urn:example:more"'
    answers = { '/api/figures': [401, { 'www-authenticate': challenge }] }
    const browser = await signedIn(await rekey.person())
    await browser.press('Show the figures')
    expect(browser.said).to.equal('The API still asks for a stronger sign-in.')
    answers = { '/api/figures': [503, {}] }
    await browser.press('Show the figures')
    expect(browser.said).to.equal('The API did not answer. Please try again.')
  })

  it('says what the person turned back from', async () => {
    const browser = new Browser()
    await browser.open(`${app}/?error=%3Cscript%3E`)
    expect(browser.said).to.equal('The sign-in did not succeed: <script>')
    await browser.open(`${app}/callback?code=x&state=y`)
    expect(browser.said).to.include('sign_in_failed')
  })

  it('says in words what the token says: how, how long ago, and what it is worth', async () => {
    const browser = await signedIn(await rekey.person())
    expect(browser.words).to.include('Two factors.').and.to.include('your password')
    expect(browser.words).to.include('this minute')
    rekey.advance(3 * minute)
    await browser.open(`${app}/`)
    expect(browser.words).to.include('3 minutes ago')
  })

  it('says that the second factor was reset, until there is a new one', async () => {
    const { person, admin } = await team(rekey)
    const browser = await getReset(rekey, person, admin)
    await browser.open(`${app}/login?level=any`)
    if (browser.heading === 'Sign in')
      await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Not now')
    expect(tokenOn(browser).acr).to.equal(acrRecovered)
    expect(browser.words).to.include('Your second factor was reset')
  })

  it('names who is signed in at the top, and signs out there', async () => {
    const person = await rekey.person()
    const browser = await signedIn(person)
    const bar = () => browser.shown.document.querySelector('.bar')!.text
    expect(bar()).to.include(`Signed in as ${person.name}`)
    await browser.press('Sign out')
    await browser.open(`${app}/`)
    expect(bar()).to.not.include(person.name)
    expect(browser.link('Sign in')).to.equal(`${app}/login`)
  })

  it('asks again, by as little as there is, when that is chosen', async () => {
    const browser = await signedIn(await rekey.person())
    await browser.follow('Sign in again, any way')
    expect(browser.heading).to.equal('Sign in')
    expect(challenged(browser).get('prompt')).to.equal('login')
    expect(challenged(browser).get('claims')).to.not.include('acr')
  })

  it('speaks the language of the browser, or the one that was chosen, and so does the sign-in', async () => {
    const browser = new Browser({ 'accept-language': 'ja' })
    await browser.open(`${app}/`)
    expect(browser.words).to.include('2要素認証が必要です。')
    await browser.follow('English')
    await browser.open(`${app}/`)
    expect(browser.words).to.include('Insists on a second factor.')
    await browser.follow('Sign in')
    expect(challenged(browser).get('ui_locales')).to.equal('en')
    expect(browser.heading).to.equal('Sign in')
  })

  it('runs no script, and takes its style from itself', async () => {
    const { headers, document } = await new Browser().open(`${app}/`)
    expect(headers.get('content-security-policy')).to.include("default-src 'none'; style-src 'self'")
    expect(document.querySelectorAll('script, style, [style]')).to.deep.equal([])
    expect((await fetch(`${app}/app.css`)).headers.get('content-type')).to.include('text/css')
  })

  it('the API answers everybody else as RFC 6750 and RFC 9470 say', async () => {
    const bare = await fetch(`${app}/api/figures`)
    expect([bare.status, bare.headers.get('www-authenticate')]).to.deep.equal([401, 'Bearer'])
    const forged = await fetch(`${app}/api/figures`, { headers: { authorization: 'Bearer x.y.z' } })
    expect(forged.headers.get('www-authenticate')).to.equal('Bearer error="invalid_token"')
  })
})
