import { expect } from 'chai'
import { inExpress } from '../../examples/mounting/express.ts'
import { Browser } from '../support/browser.ts'
import { type Host, startHost } from '../support/host.ts'

describe('Below a path of a host', () => {
  let host: Host
  before(async () => {
    host = await startHost({ path: '/oidc', mount: (provider, path) => inExpress(provider, path) })
  })
  after(() => host.stop())

  const languageOf = ({ shown }: Browser) => shown.document.querySelector('html')!.getAttribute('lang')

  it('a language is chosen on a page of a sign-in, and kept for that path alone', async () => {
    const browser = new Browser()
    await host.rp.start(browser)
    const { url } = browser.shown
    await browser.press('日本語')
    expect([browser.shown.url, languageOf(browser)]).to.deep.equal([url, 'ja'])
    const kept = (await browser.jar.getCookies(url)).find(({ key }) => key === 'language')!
    expect([kept.path, kept.httpOnly]).to.deep.equal(['/oidc', true])
  })

  it('and on a page that a mail leads to', async () => {
    const browser = new Browser()
    const gone = `${host.base}/recovery/status/gone?x=1`
    await browser.open(gone)
    await browser.press('日本語')
    expect([browser.shown.url, languageOf(browser)]).to.deep.equal([gone, 'ja'])
  })
})
