import { expect } from 'chai'
import { SignJWT } from 'jose'
import * as oidc from 'openid-client'
import { createApi } from '../../examples/resource-server/api.ts'
import { acrMultiFactor, acrPassword } from '../../rules/assurance.ts'
import type { Browser } from '../support/browser.ts'
import { type Examples, listening, originOf, serve, shut, startExamples } from '../support/examples.ts'
import { getReset, givePassword, signIn } from '../support/journeys.ts'
import type { SignedIn } from '../support/relying-app.ts'
import { team } from '../support/team.ts'

const minute = 60_000
const strong = `${acrMultiFactor} phr phrh`
const tooWeak = `Bearer error="insufficient_user_authentication", error_description="A different authentication level is required", acr_values="${strong}"`
const tooOld = `Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", acr_values="${strong}", max_age="300"`

describe('The example resource server', () => {
  let examples: Examples

  before(async () => {
    examples = await startExamples()
  })
  after(() => examples.stop())

  /** What the API says to a token: its status, and the challenge if there is one. */
  const ask = async (path: string, token?: string, scheme = 'Bearer') => {
    const answer = await fetch(`${examples.api}${path}`, {
      method: path === '/payments' ? 'POST' : 'GET',
      headers: token === undefined ? {} : { authorization: `${scheme} ${token}` },
    })
    return [answer.status, answer.headers.get('www-authenticate')]
  }

  /** Parameters of a request for both APIs. */
  const both = (scope = 'openid accounts:read payments:write') => ({
    scope,
    resource: `${examples.api}/accounts`,
  })

  const arrive = async (browser: Browser) => finishAt(browser, `${examples.api}/accounts`)
  const finishAt = async (browser: Browser, resource: string): Promise<SignedIn & { access: string }> => {
    const signedIn = await examples.rekey.rp.finish(browser)
    return { ...signedIn, access: await refreshed(signedIn.tokens.refresh_token!, resource) }
  }
  const refreshed = async (token: string, resource: string) =>
    (await oidc.refreshTokenGrant(await examples.rekey.rp.config(), token, { resource })).access_token

  const withPassword = async (params: { [name: string]: string }) => {
    const person = await examples.rekey.person({ bare: true })
    const browser = await givePassword(examples.rekey, person, params)
    await browser.press('Not now')
    return { person, browser }
  }

  const forPayments = () => ({ scope: 'openid payments:write', resource: `${examples.api}/payments` })

  it('asks for a token, and takes none that it does not know', async () => {
    expect(await ask('/accounts/balance')).to.deep.equal([401, 'Bearer'])
    for (const path of ['/accounts/balance', '/payments'])
      for (const token of ['nonsense', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])
        expect(await ask(path, token)).to.deep.equal([401, 'Bearer error="invalid_token"'])
  })

  it('challenges a session with a password alone, by introspection and by JWT', async () => {
    const { browser } = await withPassword(both())
    const { access, claims } = await arrive(browser)
    expect(claims.acr).to.equal(acrPassword)
    expect((await ask('/accounts/balance', access))[0]).to.equal(200)
    expect(await ask('/accounts/statements', access)).to.deep.equal([401, tooWeak])
    const weak = await withPassword(forPayments())
    const jwt = await finishAt(weak.browser, `${examples.api}/payments`)
    expect(await ask('/payments', jwt.access)).to.deep.equal([401, tooWeak])
  })

  it('grants a second factor, until it is too long ago', async () => {
    const person = await examples.rekey.person()
    const { rekey } = examples
    const accounts = await arrive(await signIn(rekey, person, both()))
    expect((await ask('/accounts/statements', accounts.access))[0]).to.equal(200)
    const browser = await signIn(rekey, await rekey.person(), forPayments())
    const payments = await finishAt(browser, `${examples.api}/payments`)
    expect((await ask('/payments', payments.access))[0]).to.equal(201)
    rekey.advance(6 * minute)
    // A fresh token of the old sign-in: refreshing changes nothing about when the person signed in.
    const later = await refreshed(payments.tokens.refresh_token!, `${examples.api}/payments`)
    expect(await ask('/payments', later)).to.deep.equal([401, tooOld])
  })

  it('an old refresh token gets no higher acr after a step-up in the same session', async () => {
    const { person, browser } = await withPassword(both())
    const before = await arrive(browser)
    await examples.rekey.rp.start(browser, { ...both(), acr_values: acrMultiFactor })
    const secret = /secret=([A-Z2-7]+)/.exec(browser.shown.text)![1]!
    await browser.press('Turn on', { code: examples.rekey.code({ secret }) })
    await browser.press('Continue', { saved: 'yes' })
    const after = await arrive(browser)
    expect(after.claims).to.include({ sub: person.id, acr: acrMultiFactor })
    expect((await ask('/accounts/statements', after.access))[0]).to.equal(200)
    const old = await refreshed(before.tokens.refresh_token!, `${examples.api}/accounts`)
    expect(await ask('/accounts/statements', old)).to.deep.equal([401, tooWeak])
  })

  it('takes no token that is for something else', async () => {
    const { rekey, api } = examples
    const invalid = [401, 'Bearer error="invalid_token"']
    const person = await rekey.person()
    const accounts = await arrive(await signIn(rekey, person, both()))
    expect(await ask('/payments', accounts.access)).to.deep.equal(invalid)
    expect(await ask('/payments', accounts.tokens.id_token!)).to.deep.equal(invalid)
    const payments = await finishAt(
      await signIn(rekey, await rekey.person(), forPayments()),
      `${api}/payments`,
    )
    expect(await ask('/accounts/balance', payments.access)).to.deep.equal(invalid)
    const plain = await rekey.rp.finish(await signIn(rekey, await rekey.person()))
    expect(await ask('/accounts/balance', plain.tokens.access_token)).to.deep.equal(invalid)
    expect(await ask('/accounts/balance', plain.tokens.refresh_token!)).to.deep.equal(invalid)
  })

  it('takes no token without the scope, and none of a session that a reset ended', async () => {
    const { rekey } = examples
    const { person, admin } = await team(rekey)
    const { access } = await arrive(await signIn(rekey, person, both()))
    const narrow = await arrive(await signIn(rekey, await rekey.person(), both('openid')))
    expect(await ask('/accounts/balance', narrow.access)).to.deep.equal([
      403,
      'Bearer error="insufficient_scope", scope="accounts:read"',
    ])
    await getReset(rekey, person, admin)
    await rekey.work()
    expect(await ask('/accounts/balance', access)).to.deep.equal([401, 'Bearer error="invalid_token"'])
  })

  it('takes no token that is bound to a key, as a bearer token', async () => {
    const { rekey, api } = examples
    const config = await rekey.rp.config()
    for (const params of [both(), forPayments()]) {
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
      const { tokens } = await rekey.rp.finish(await signIn(rekey, await rekey.person(), params))
      const { resource } = params
      const bound = await oidc.refreshTokenGrant(config, tokens.refresh_token!, { resource }, { DPoP })
      expect(bound.token_type).to.equal('dpop')
      const path = resource === `${api}/payments` ? '/payments' : '/accounts/balance'
      expect(await ask(path, bound.access_token)).to.deep.equal([401, 'Bearer error="invalid_token"'])
    }
  })

  it('says that it is not its fault when the provider can not be asked', async () => {
    const closed = await listening()
    const issuer = originOf(closed)
    await shut(closed)
    const api = await listening()
    const options = { issuer, origin: originOf(api), clientId: 'example-api', clientSecret: 'none' }
    serve(api, createApi(options).callback())
    const jwt = (
      await new SignJWT({}).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(Buffer.alloc(32))
    ).replace(/^[^.]+/, Buffer.from('{"alg":"ES256","typ":"at+jwt"}').toString('base64url'))
    for (const [method, path, token] of [
      ['GET', '/accounts/balance', 'opaque'],
      ['POST', '/payments', jwt],
    ]) {
      const headers = { authorization: `Bearer ${token}` }
      expect((await fetch(`${originOf(api)}${path}`, { method: method!, headers })).status).to.equal(503)
    }
    await shut(api)
  })
})
