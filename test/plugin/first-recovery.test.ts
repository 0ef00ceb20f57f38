import { expect } from 'chai'
import express from 'express'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { authenticator, type Host, startHost } from '../support/host.ts'
import { codeIn, linkIn, secretOn } from '../support/journeys.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

describe('The plugin on a host with people of its own', () => {
  let host: Host
  let clock: ProcessClock
  const codes: { [person: string]: () => string } = {}

  before(async () => {
    clock = moveProcessTime()
    host = await startHost({
      path: '/oidc',
      mount: (provider, path) => {
        const app = express()
        app.get('/', (_request, response) => void response.send('<h1>Mine</h1>'))
        return app.use(path, provider.callback())
      },
    })
  })
  after(async () => {
    await host.stop()
    clock.restore()
  })

  const withPassword = async (name: string, browser = new Browser()) => {
    await host.rp.start(browser)
    const person = [...host.people.values()].find((one) => one.name === name)!
    return give(browser, person.login, person.password!)
  }
  /** The first sign-in at a provider whose apps ask for consent, as the library does unless the host says otherwise. */
  const agree = async (browser: Browser) => {
    if (browser.shown.document.querySelector('button[value=allow]')) await browser.press('Allow')
  }
  const give = async (browser: Browser, email: string, password: string) => {
    await browser.press('Sign in', { email, password })
    return browser
  }
  const enrolled = async (name: string) => {
    const browser = await withPassword(name)
    codes[name] = authenticator(secretOn(browser), clock)
    await browser.press('Turn on', { code: codes[name]() })
    await browser.press('Continue', { saved: 'yes' })
    await agree(browser)
    return browser
  }

  it('signs in somebody of the host’s by their password, and has them enrol an authenticator app', async () => {
    const { claims } = await host.rp.finish(await enrolled('Ben'))
    expect(claims).to.include({ iss: host.issuer, sub: '2', acr: acrMultiFactor })
  })

  it('asks for the code from then on', async () => {
    const browser = await withPassword('Ben')
    await browser.press('Verify', { code: codes.Ben!() })
    await agree(browser)
    expect((await host.rp.finish(browser)).claims.amr).to.deep.equal(['mfa', 'otp', 'pwd'])
  })

  it('resets by a super admin of the host’s, and the app sees it', async () => {
    await enrolled('Ada')
    const before = await withPassword('Ben')
    await before.press('Verify', { code: codes.Ben!() })
    await agree(before)
    const { claims: old } = await host.rp.finish(before)

    const waiting = await withPassword('Ben')
    await waiting.press('Reset authentication device')
    await waiting.press('Send request')
    const own = await host.mail.next('ben@host.example', /^You asked to reset/)
    const request = await host.mail.next('ada@host.example', /^Ben asks you to reset/)
    const link = linkIn(request.text, '/recovery/approve/')
    expect(link).to.include(`${host.issuer}/`)

    const approver = new Browser()
    await approver.open(link)
    await give(approver, 'ada@host.example', host.people.get('1')!.password!)
    await approver.press('Verify', { code: codes.Ada!() })
    await approver.press('Approve', { code: codeIn(own.text), reason: 'I know his voice' })
    while (!host.rp.loggedOut.some(({ sid }) => sid === old.sid)) await host.rp.nextLogout()

    await waiting.open(waiting.shown.url)
    await waiting.press('Not now')
    await agree(waiting)
    expect((await host.rp.finish(waiting)).claims.acr).to.equal(acrRecovered)
    await host.rp.start(before, { prompt: 'none' })
    expect(await host.rp.refusal(before)).to.equal('login_required')
  })

  it('leaves the host’s own pages and errors as they are', async () => {
    const home = await fetch(`${host.origin}/`)
    expect(await home.text()).to.equal('<h1>Mine</h1>')
    expect(home.headers.get('content-security-policy')).to.equal(null)
    const unknown = await fetch(`${host.issuer}/nothing-here`)
    expect([unknown.status, unknown.headers.get('content-security-policy')]).to.deep.equal([404, null])
    expect(await unknown.text()).to.equal('Not Found')
  })
})
