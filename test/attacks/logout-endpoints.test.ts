import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import * as oidc from 'openid-client'
import { signIn } from '../support/journeys.ts'
import { type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

/** How an address that only this machine knows can be written. `localhost` itself is allowed in these tests. */
const inside = {
  'the loopback address': '127.0.0.1',
  'another loopback address': '127.1.2.3',
  'the IPv6 loopback address': '[::1]',
  'IPv4 in IPv6': '[::ffff:127.0.0.1]',
  'no address at all': '0.0.0.0',
  'a number': '2130706433',
  hexadecimal: '0x7f000001',
}

// SSRF: whoever registers an app chooses where logout tokens go.
describeEachEngine('A backchannel_logout_uri', (engine) => {
  let opened: Opened
  let rekey: Rekey
  let target: Server
  let reached: string[]

  before(async () => {
    reached = []
    target = createServer((request, response) => {
      reached.push(`${request.method} ${request.headers.host}${request.url}`)
      const { port } = target.address() as AddressInfo
      const location = `http://127.0.0.1:${port}/inside`
      if (request.url === '/redirecting') response.writeHead(307, { location })
      response.end()
    }).listen(0, '::')
    await once(target, 'listening')
    const { port } = target.address() as AddressInfo
    const others: { [client: string]: object } = {
      redirecting: { backchannel_logout_uri: `http://localhost:${port}/redirecting` },
    }
    for (const [index, host] of Object.values(inside).entries())
      others[`inside-${index}`] = { backchannel_logout_uri: `http://${host}:${port}/inside` }
    opened = await engine.open()
    rekey = await startRekey(opened.store, { others })
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
    target.close()
    target.closeAllConnections()
  })

  /** Signs in at an app as well, and signs out of everything. */
  const signOutOf = async (client: string) => {
    const app = rekey.others[client]!
    const browser = await signIn(rekey, await rekey.person())
    const { tokens } = await rekey.rp.finish(browser)
    await app.start(browser, { prompt: 'none' })
    await app.finish(browser)
    const hint = { id_token_hint: tokens.id_token! }
    await browser.open(oidc.buildEndSessionUrl(await rekey.rp.config(), hint).href)
    reached.length = 0
    await browser.press('Sign out')
    expect(browser.heading).to.equal('You are signed out')
    await rekey.work()
  }

  for (const [index, [what, host]] of Object.entries(inside).entries()) {
    it(`that leads to ${what} (${host}) is never asked`, async () => {
      const heard = rekey.rp.loggedOut.length
      await signOutOf(`inside-${index}`)
      expect(reached).to.deep.equal([])
      expect(rekey.rp.loggedOut.length, 'the other app hears all the same').to.equal(heard + 1)
    })
  }

  it('that redirects from a host that is allowed to one that is not is asked, and not followed', async () => {
    await signOutOf('redirecting')
    expect(reached.length).to.be.greaterThan(0)
    expect(reached.every((one) => one.endsWith('/redirecting'))).to.equal(true)
  })
})
