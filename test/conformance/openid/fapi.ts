import { expect } from 'chai'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import * as oidc from 'openid-client'
import { Browser } from '../../support/browser.ts'
import type { Rekey } from '../../support/rekey.ts'

let keys: Promise<{ privateKey: CryptoKey; publicKeys: { keys: JWK[] } }> | undefined

/** The keys of the bank's app. */
export function bankKeys() {
  keys ??= generateKeyPair('ES256').then(async ({ privateKey, publicKey }) => ({
    privateKey,
    publicKeys: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'bank' }] },
  }))
  return keys
}

/** FAPI 2.0 Security Profile. */
export function fapi(rekey: Rekey): void {
  const redirect_uri = 'https://bank.example/callback'
  const connect = async () => {
    const { privateKey } = await bankKeys()
    return oidc.discovery(
      new URL(rekey.issuer),
      'bank',
      {},
      oidc.PrivateKeyJwt({ key: privateKey, kid: 'bank' }),
      { execute: [oidc.allowInsecureRequests] },
    )
  }
  const push = async (config: oidc.Configuration, params: { [parameter: string]: string } = {}) => {
    const verifier = oidc.randomPKCECodeVerifier()
    const url = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri,
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...params,
    })
    return { url, verifier }
  }
  const signIn = async (url: URL) => {
    const person = await rekey.person()
    const browser = new Browser()
    await browser.open(url.href)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) }, { stopAt: 'https://bank.example/' })
    return new URL(browser.shown.url)
  }

  describe('FAPI 2.0 Security Profile', () => {
    it('§5.3.2.2: a request that wasn’t pushed is refused', async () => {
      const query = new URLSearchParams({
        client_id: 'bank',
        response_type: 'code',
        scope: 'openid',
        redirect_uri,
      })
      const answer = await fetch(`${rekey.issuer}/auth?${query}`, { redirect: 'manual' })
      expect(new URL(answer.headers.get('location')!).searchParams.get('error')).to.equal('invalid_request')
    })

    it('§5.3.2.2: without PKCE nothing is pushed', async () => {
      const config = await connect()
      const refused = await oidc.buildAuthorizationUrlWithPAR(config, { redirect_uri, scope: 'openid' }).then(
        () => 'taken',
        ({ error }) => error as string,
      )
      expect(refused).to.equal('invalid_request')
    })

    it('§5.3.2.2: a request_uri lives for less than ten minutes, and is of use once', async () => {
      const { url } = await push(await connect())
      await signIn(url)
      const again = await fetch(url, { redirect: 'manual' })
      expect([again.status, again.headers.get('location') ?? '']).to.satisfy(
        ([status, location]: [number, string]) => status === 400 || location.includes('error='),
      )
    })

    it('§5.3.2.1: tokens are bound to the key of the app, and of no use without it', async () => {
      const config = await connect()
      const { url, verifier } = await push(config)
      const back = await signIn(url)
      expect(back.searchParams.get('iss')).to.equal(rekey.issuer)
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
      const tokens = await oidc.authorizationCodeGrant(
        config,
        back,
        { pkceCodeVerifier: verifier },
        undefined,
        { DPoP },
      )
      expect(tokens.token_type).to.equal('dpop')
      const plain = await fetch(`${rekey.issuer}/me`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      })
      expect(plain.status).to.equal(401)
    })

    it('§5.3.2.1: a code without a proof of the key yields nothing', async () => {
      const config = await connect()
      const { url, verifier } = await push(config)
      const back = await signIn(url)
      const refused = await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier }).then(
        () => 'taken',
        ({ error }) => error as string,
      )
      expect(refused).to.not.equal('taken')
    })
  })
}
