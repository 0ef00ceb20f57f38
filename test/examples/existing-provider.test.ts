import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createHost } from '../../examples/existing-provider/host.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { authenticator } from '../support/host.ts'
import { codeIn, linkIn, secretOn } from '../support/journeys.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { type RelyingApp, startRelyingApp } from '../support/relying-app.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

describe('examples/existing-provider', () => {
  let server: Server
  let origin: string
  let mail: MailServer
  let rp: RelyingApp
  let folder: string
  let stop: () => Promise<void>
  let clock: ProcessClock
  const codes: { [login: string]: () => string } = {}

  before(async () => {
    clock = moveProcessTime()
    server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://localhost:${(server.address() as AddressInfo).port}`
    mail = await startMailServer()
    rp = await startRelyingApp(`${origin}/oidc`)
    folder = await mkdtemp(join(tmpdir(), 'rekey-'))
    const host = await createHost({
      origin,
      data: folder,
      mail: mail.url,
      key: randomBytes(32).toString('base64url'),
      client: rp.client,
      fetchHosts: ['localhost'],
    })
    server.on('request', host.app)
    stop = host.stop
  })
  after(async () => {
    server.close()
    server.closeAllConnections()
    await stop()
    await Promise.all([rp.stop(), mail.stop()])
    await rm(folder, { recursive: true })
    clock.restore()
  })

  const login = async (browser: Browser, who: string) => {
    expect(browser.heading).to.equal('Log in to The Host')
    await browser.press('Log in', { login: who, password: 'correct horse battery staple' })
  }
  const begin = async (who: string) => {
    const browser = new Browser()
    await rp.start(browser)
    await login(browser, who)
    return browser
  }
  const finish = async (browser: Browser) => {
    if (browser.shown.document.querySelector('button[value=allow]')) await browser.press('Allow')
    return (await rp.finish(browser)).claims
  }
  const enrol = async (who: string) => {
    const browser = await begin(who)
    codes[who] = authenticator(secretOn(browser), clock)
    await browser.press('Turn on', { code: codes[who]() })
    await browser.press('Continue', { saved: 'yes' })
    return finish(browser)
  }

  it('has people log in on the page of the host, and then set up a second factor', async () => {
    const claims = await enrol('ben@host.example')
    expect(claims).to.include({ sub: '2', acr: acrMultiFactor })
    expect(claims.amr).to.deep.equal(['mfa', 'otp', 'pwd'])
    await enrol('ada@host.example')
  })

  it('resets a lost device, with the page of the host for every proof of the password', async () => {
    const waiting = await begin('ben@host.example')
    await waiting.press('Reset authentication device')
    await waiting.press('Send request')
    const own = await mail.next('ben@host.example', /reset/i)
    const asked = await mail.next('ada@host.example', /Ben/)
    const approver = new Browser()
    await approver.open(linkIn(asked.text, '/recovery/approve/'))
    await login(approver, 'ada@host.example')
    await approver.press('Verify', { code: codes['ada@host.example']!() })
    await approver.press('Approve', { code: codeIn(own.text), reason: 'I know his voice' })
    await waiting.open(waiting.shown.url)
    expect(secretOn(waiting)).to.match(/^[A-Z2-7]+$/)
  })

  it('keeps what the host had: its claims, its words for errors', async () => {
    const browser = new Browser()
    await browser.open(`${origin}/oidc/auth?client_id=nobody`)
    expect(browser.heading).to.equal('Our own words for invalid_client')
  })

  // Seen failing without the interaction's cookie being looked at when the browser comes back.
  it('takes a proof only from the browser that began', async () => {
    const began = new Browser()
    await rp.start(began)
    const uid = new URL(began.shown.url).searchParams.get('uid')!
    const victim = new Browser()
    await victim.open(`${origin}/login?uid=${uid}`)
    await victim.press('Log in', { login: 'ben@host.example', password: 'correct horse battery staple' })
    expect(victim.shown.status).to.equal(400)
    await began.open(`${origin}/oidc/interaction/${uid}`)
    expect(began.heading).to.equal('Log in to The Host')
  })
})
