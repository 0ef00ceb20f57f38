import { expect } from 'chai'
import { pino } from 'pino'
import type { ConfigError, HostViews, Pages, View } from '../../index.ts'
import { Browser } from '../support/browser.ts'
import { authenticator, type Host, startHost } from '../support/host.ts'
import { secretOn } from '../support/journeys.ts'

const ben = { email: 'ben@host.example', password: 'ben-and-a-long-password' }

/** A document of the host's own, with nothing of Rekey's on it. */
const password: View<'password'> = (p: Pages['password'], kit) => `<!doctype html>
<html lang="${kit.locale}"><title>${kit.escape(kit.title)}</title>
<main><h1>Hello from ${kit.escape(p.app)}</h1>
${p.message ? `<p role="alert">${kit.escape(kit.text(`message.${p.message.key}`, p.message.values))}</p>` : ''}
${kit.form('password')}
<input name="email" value="${kit.escape(p.email)}"><input name="password" type="password">
<button>Enter</button></form></main></html>`

const views: HostViews = {
  password,
  enrol_totp: (_p, kit) => kit.layout(`<p class="mine">Ours</p>${kit.body()}`),
  backup_codes: () => {
    throw new Error('a template that fails')
  },
  error: (p, kit) => {
    if (p.error === 'server') throw new Error('and another')
    return kit.layout(`<h1>Mine: ${kit.escape(p.error)}</h1>`)
  },
}

describe('Pages and texts of the host’s own', () => {
  let host: Host

  before(async () => {
    host = await startHost({
      path: '/oidc',
      mount: async (provider, path) =>
        (await import('../../examples/mounting/express.ts')).inExpress(provider, path),
      options: {
        log: pino({ level: 'silent' }),
        views,
        texts: { en: { 'enrol_totp.title': 'Get your phone' }, ja: {} },
      },
    })
  })
  after(() => host.stop())

  it('stand in for Rekey’s, with the same locals, forms and protection', async () => {
    const browser = new Browser()
    await host.rp.start(browser)
    expect(browser.heading).to.equal('Hello from Test App')
    expect(browser.shown.text).to.not.include('rekey.css')
    expect(browser.shown.headers.get('content-security-policy')).to.include("default-src 'none'")
    await browser.press('Enter', { email: ben.email, password: '<b>wrong</b>' })
    expect(browser.said).to.equal('The email address or the password is wrong.')
    await browser.press('Enter', ben)
    expect(browser.shown.document.querySelector('.mine')!.text).to.equal('Ours')
    expect(browser.heading).to.equal('Get your phone')
    expect(browser.shown.document.querySelector('form')!.getAttribute('action')).to.match(
      /^\/oidc\/interaction\//,
    )
  })

  it('that fail show an error, and one that fails at that shows Rekey’s', async () => {
    const browser = new Browser()
    expect((await browser.open(`${host.issuer}/recovery/approve/nothing`)).status).to.equal(404)
    await browser.open(`${host.issuer}/interaction/nothing`)
    expect(browser.heading).to.equal('Mine: expired')
    await host.rp.start(browser)
    await browser.press('Enter', ben)
    const code = authenticator(secretOn(browser), { offset: 0, restore: () => {} })
    await browser.press('Turn on', { code: code() })
    expect(browser.shown.status).to.equal(500)
    expect(browser.heading).to.not.include('Mine')
  })

  it('are refused where there is no such page or text', async () => {
    const faults = (options: object) =>
      startHost({ mount: (provider) => provider.callback(), options }).then(
        async (started): Promise<string[]> => {
          await started.stop()
          return []
        },
        (error: ConfigError) => error.faults,
      )
    expect((await faults({ views: { pasword: () => '' } })).join()).to.match(/^views\.pasword: /)
    expect((await faults({ views: { password: 'file.ejs' } })).join()).to.match(/^views\.password: /)
    expect((await faults({ texts: { en: { 'nothing.here': 'x' } } })).join()).to.match(
      /^texts\.en\.nothing\.here: /,
    )
    expect((await faults({ texts: { xx: {} } })).join()).to.match(/^texts\.xx: /)
  })
})
