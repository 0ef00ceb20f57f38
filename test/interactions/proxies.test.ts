import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import { cameBy, type TrustProxy } from '../../interactions/http/proxies.ts'

/** What a page sees of a request that came with these headers, from this machine. */
async function seen(trustProxy: TrustProxy, headers: { [name: string]: string }) {
  const app = new Koa()
  app.proxy = true
  app.use(cameBy('https://id.example.com', trustProxy))
  app.use((ctx) => {
    ctx.body = { ip: ctx.ip, origin: `${ctx.protocol}://${ctx.host}` }
  })
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sent = request({ port, host: '127.0.0.1', headers: { host: 'id.example.com', ...headers } }).end()
  const [answer] = await once(sent, 'response')
  let text = ''
  for await (const part of answer) text += part
  server.close()
  return answer.statusCode === 200 ? JSON.parse(text) : answer.statusCode
}

const origin = 'https://id.example.com'

describe('Where a request came from', () => {
  it('is at the issuer’s address, however its host is written and whatever scheme is claimed', async () => {
    for (const host of ['id.example.com', 'ID.EXAMPLE.COM', 'id.example.com:443', 'id.example.com.'])
      expect((await seen(1, { host, 'x-forwarded-proto': 'http' })).origin, host).to.equal(origin)
    for (const host of [
      'id.example.com:80',
      'evil.example',
      'id.example.com@evil.example',
      'id.example.com/x',
    ])
      expect(await seen(1, { host }), host).to.equal(421)
  })

  it('is what the outermost trusted proxy saw, never what was sent to it', async () => {
    const forwarded = { 'x-forwarded-for': '6.6.6.6, 203.0.113.7, 10.0.0.2' }
    expect((await seen(false, forwarded)).ip).to.equal('127.0.0.1')
    expect((await seen(1, forwarded)).ip).to.equal('10.0.0.2')
    expect((await seen(2, forwarded)).ip).to.equal('203.0.113.7')
    expect((await seen(['127.0.0.0/8', '10.0.0.0/8'], forwarded)).ip).to.equal('203.0.113.7')
    expect((await seen(['10.0.0.0/8'], forwarded)).ip).to.equal('127.0.0.1')
    expect((await seen(1, { 'x-forwarded-for': 'nonsense' })).ip).to.equal('127.0.0.1')
    expect((await seen(1, { 'x-forwarded-for': '203.0.113.7:5123' })).ip).to.equal('203.0.113.7')
  })

  it('may be said by a trusted proxy that changes the host, and by nobody else', async () => {
    const changed = { host: 'inside:3000', 'x-forwarded-host': 'id.example.com' }
    expect((await seen(1, changed)).origin).to.equal(origin)
    expect(await seen(false, changed)).to.equal(421)
    expect(await seen(1, { 'x-forwarded-host': 'evil.example' })).to.equal(421)
  })
})
