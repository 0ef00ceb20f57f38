import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import { readBrowserCookie, setBrowserCookie } from '../../interactions/http/browser-cookie.ts'

const secret = 'a'.repeat(43)

/** What a browser is sent, and what of its own cookie is taken, by a Rekey at `issuer`. */
async function visit(issuer: string, cookie = ''): Promise<{ read: string; set: string }> {
  const app = new Koa({ proxy: true })
  app.use((ctx) => {
    ctx.body = readBrowserCookie(ctx, { base: issuer }) ?? ''
    setBrowserCookie(ctx, { base: issuer }, secret)
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const headers = { cookie, 'x-forwarded-proto': new URL(issuer).protocol.slice(0, -1) }
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers })
  const said = { read: await response.text(), set: response.headers.getSetCookie().join('\n') }
  server.close()
  server.closeAllConnections()
  return said
}

describe('The cookie of a device', () => {
  it('is bound to the host on https, kept from script, and lives for 400 days', async () => {
    const { set } = await visit('https://id.example')
    expect(set).to.match(
      new RegExp(`^__Host-device=${secret}; path=/; expires=[^;]+; samesite=lax; secure; httponly$`),
    )
    const days = (Date.parse(/expires=([^;]+)/.exec(set)![1]!) - Date.now()) / 86_400_000
    expect(Math.round(days)).to.equal(400)
  })

  it('stays below the path where the provider is mounted, which the stricter prefix does not allow', async () => {
    const { set } = await visit('https://app.example/oidc')
    expect(set).to.match(
      /^__Secure-device=a{43}; path=\/oidc; expires=[^;]+; samesite=lax; secure; httponly$/,
    )
  })

  it('goes without the prefix on plain http, where no browser would take it', async () => {
    const { set } = await visit('http://localhost:3000')
    expect(set).to.match(/^device=a{43}; path=\/; expires=[^;]+; samesite=lax; httponly$/)
  })

  it('is not taken from another name, which a subdomain could have set', async () => {
    expect((await visit('https://id.example', `__Host-device=${secret}`)).read).to.equal(secret)
    expect((await visit('https://id.example', `device=${secret}`)).read).to.equal('')
  })

  it('is not taken when it is nothing that we would set', async () => {
    for (const odd of ['', 'a', 'a'.repeat(44), `${'a'.repeat(42)}|`, `${'a'.repeat(42)}%41`])
      expect((await visit('http://localhost:3000', `device=${odd}`)).read).to.equal('')
  })
})
