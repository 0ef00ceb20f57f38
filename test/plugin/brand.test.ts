import { expect } from 'chai'
import { ConfigError } from '../../index.ts'
import { Browser } from '../support/browser.ts'
import { startHost } from '../support/host.ts'

describe('The brand of a host', () => {
  it('is on every page, by options alone', async () => {
    const host = await startHost({
      path: '/oidc',
      mount: async (provider, path) =>
        (await import('../../examples/mounting/express.ts')).inExpress(provider, path),
      options: {
        brand: {
          name: 'Fjord & Sons',
          logo: 'views/assets/logo.svg',
          logoDark: 'https://cdn.host.example/dark.svg',
          colors: { primary: '#7a1fa2', background: '#fafafa' },
          corners: 'square',
          links: { help: 'https://host.example/help' },
        },
      },
    })
    const browser = new Browser()
    await host.rp.start(browser)
    const { document, headers } = browser.shown
    expect(document.querySelector('title')!.text).to.include('Fjord')
    const address = (selector: string, name: string) => document.querySelector(selector)!.getAttribute(name)!
    expect(address('footer a', 'href')).to.equal('https://host.example/help')
    expect(headers.get('content-security-policy')).to.include("img-src 'self' https://cdn.host.example")
    const logo = await fetch(new URL(address('header img', 'src'), browser.shown.url))
    expect([logo.status, logo.headers.get('content-type')]).to.deep.equal([200, 'image/svg+xml'])
    const style = await fetch(new URL(address('link[href*="brand.css"]', 'href'), browser.shown.url))
    const css = await style.text()
    expect(css).to.include('--accent:#7a1fa2').and.include('--on-accent:#ffffff').and.include('--radius:0')
    await host.stop()
  })

  it('is refused with a picture that is not there, by name', async () => {
    const started = startHost({
      mount: (provider) => provider.callback(),
      options: { brand: { name: 'X', logo: '/nowhere.svg' } },
    })
    const error = await started.then(
      () => undefined,
      (fault) => fault,
    )
    expect(error.faults.join()).to.match(/^brand: /)
  })

  it('is refused in colors that nobody could read by, with the contrast that there is and the one that is needed', async () => {
    const colors = { primary: '#ff9900', background: '#444' }
    const fault = await startHost({
      mount: (provider) => provider.callback(),
      options: { brand: { name: 'X', colors } },
    }).then(
      () => undefined,
      (error) => error,
    )
    expect(fault).to.be.instanceOf(ConfigError)
    expect(fault.faults).to.deep.equal([
      'brand.colors.primary: as a link on white has a contrast of 2.14:1, and needs 4.5:1 (WCAG 2.2)',
      'brand.colors.background: under text has a contrast of 1.61:1, and needs 4.5:1 (WCAG 2.2)',
      'brand.colors.background: under the words at the foot of a page has a contrast of 1.38:1, and needs 4.5:1 (WCAG 2.2)',
      'brand.colors.background: around what has the focus has a contrast of 1.65:1, and needs 3:1 (WCAG 2.2)',
    ])
  })
})
