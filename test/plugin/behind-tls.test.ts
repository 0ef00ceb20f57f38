import { once } from 'node:events'
import { request as plainRequest } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import express from 'express'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { newRoot } from '../support/certificates.ts'
import { authenticator, type Host, startHost } from '../support/host.ts'
import { linkIn, secretOn } from '../support/journeys.ts'

/** Ends TLS and passes everything on, as the proxies before most hosts do. */
async function startProxy(listening: string): Promise<{ origin: string; proxy: Server }> {
  const { pem, key } = newRoot('localhost')
  const proxy = createServer({ cert: pem, key: key.export({ type: 'pkcs8', format: 'pem' }) })
  proxy.on('request', (request, response) => {
    const headers = { ...request.headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' }
    const passed = plainRequest(
      `${listening}${request.url}`,
      { method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(passed)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return { origin: `https://localhost:${(proxy.address() as AddressInfo).port}`, proxy }
}

describe('The plugin behind a proxy that ends TLS', () => {
  const trusting = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  let host: Host
  let proxy: Server

  before(async () => {
    // The certificate is one of this test.
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    host = await startHost({
      path: '/oidc',
      front: async (listening) => {
        const started = await startProxy(listening)
        proxy = started.proxy
        return started.origin
      },
      mount: (provider, path) => {
        provider.proxy = true
        return express().use(path, provider.callback())
      },
    })
  })
  after(async () => {
    await host.stop()
    proxy.close()
    proxy.closeAllConnections()
    if (trusting === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = trusting
  })

  it('signs people in at https addresses, with cookies that stay on them', async () => {
    const browser = new Browser()
    await host.rp.start(browser)
    expect(browser.shown.url).to.match(/^https:\/\/localhost:\d+\/oidc\/interaction\//)
    await browser.press('Sign in', { email: 'ben@host.example', password: 'ben-and-a-long-password' })
    await browser.press('Turn on', {
      code: authenticator(secretOn(browser), { offset: 0, restore: () => {} })(),
    })
    await browser.press('Continue', { saved: 'yes' })
    await browser.press('Allow')
    expect((await host.rp.finish(browser)).claims).to.include({ iss: host.issuer, acr: acrMultiFactor })
    const cookies = await browser.jar.getCookies(host.issuer)
    expect(cookies).to.not.be.empty
    for (const { key, secure } of cookies) expect(secure, key).to.equal(true)
    expect(cookies.map(({ key }) => key)).to.include('__Secure-device')
    const mail = await host.mail.next('ben@host.example', /authenticator|factor|method/i)
    expect(linkIn(mail.text, '/recovery/disavow/')).to.include(`${host.issuer}/recovery/disavow/`)
    expect(mail.text).to.include('203.0.113.9')
    await browser.open(`${host.issuer}/security`)
    expect(browser.heading).to.equal('Security')
  })
})
