import type { RequestListener } from 'node:http'
import { expect } from 'chai'
import type { Provider } from 'oidc-provider'
import { inExpress } from '../../examples/mounting/express.ts'
import { inFastify } from '../../examples/mounting/fastify.ts'
import { inKoa } from '../../examples/mounting/koa.ts'
import { inNest } from '../../examples/mounting/nest.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { authenticator, startHost } from '../support/host.ts'
import { secretOn } from '../support/journeys.ts'

type Mount = (provider: Provider, path: string) => RequestListener | Promise<RequestListener>

const mounts: [name: string, mount: Mount][] = [
  ['Express', inExpress],
  ['Koa', inKoa],
  ['Fastify', inFastify],
  ['NestJS', inNest],
]

const places: [where: string, path: string, issuerPath?: string][] = [
  ['below a path', '/oidc'],
  ['at the root', ''],
  ['below a path that the issuer does not name', '/oidc', ''],
]

describe('A provider with the plugin', () => {
  for (const [name, mount] of mounts)
    for (const [where, path, issuerPath] of places) {
      it(`signs people in, mounted in ${name} ${where}`, async () => {
        const host = await startHost({ path, mount, issuerPath })
        try {
          const browser = new Browser()
          await host.rp.start(browser)
          await everythingIsThere(browser)
          await browser.press('Sign in', { email: 'ben@host.example', password: 'ben-and-a-long-password' })
          const code = authenticator(secretOn(browser), { offset: 0, restore: () => {} })
          await browser.press('Turn on', { code: code() })
          await browser.press('Continue', { saved: 'yes' })
          await browser.press('Allow')
          expect((await host.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
          await browser.open(`${host.base}/security`)
          expect(browser.heading).to.equal('Security')
          await everythingIsThere(browser)
          for (const cookie of await browser.jar.getCookies(browser.shown.url))
            if (!cookie.key.startsWith('_'))
              expect(cookie.path, cookie.key).to.equal(path === '' ? '/' : path)
        } finally {
          await host.stop()
        }
      })
    }
})

/** Style, script and links of a page are where it says. */
async function everythingIsThere({ shown }: Browser): Promise<void> {
  const named = shown.document
    .querySelectorAll('link[href], script[src], img[src]')
    .map((one) => one.getAttribute('href') ?? one.getAttribute('src')!)
  expect(named).to.not.be.empty
  for (const address of named) {
    const { status } = await fetch(new URL(address, shown.url))
    expect(status, address).to.equal(200)
  }
}
