import { expect } from 'chai'
import * as oidc from 'openid-client'
import { Browser } from '../support/browser.ts'
import { embedded } from '../support/rekey.ts'
import type { RelyingApp } from '../support/relying-app.ts'
import { story } from '../support/story.ts'

const second = 1_000
const insecure = { execute: [oidc.allowInsecureRequests] }

story(
  'Refreshing on a bad network',
  (rekey) => {
    before(function () {
      // Where a host keeps its tokens itself, it decides itself.
      if (embedded) this.skip()
    })

    const phone = async () => {
      const app = rekey.others['phone'] as RelyingApp
      const config = await oidc.discovery(new URL(rekey.issuer), 'phone', undefined, oidc.None(), insecure)
      const verifier = oidc.randomPKCECodeVerifier()
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: `${app.origin}/callback`,
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      const person = await rekey.person()
      const browser = new Browser()
      await browser.open(url.href)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) })
      const back = new URL(browser.trail.find((one) => one.startsWith(`${app.origin}/callback`))!)
      const tokens = await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier })
      const refresh = (token: string) => oidc.refreshTokenGrant(config, token)
      const refused = (token: string) =>
        refresh(token).then(
          () => 'taken',
          ({ error }) => error as string,
        )
      return { first: tokens.refresh_token!, refresh, refused }
    }

    it('tokens begin with their moment and their kind, so that a store keeps them in order, and are as random as ever after it', async () => {
      const { first, refresh } = await phone()
      const came = [first]
      for (let turn = 0; turn < 3; turn += 1) {
        rekey.advance(second)
        const { refresh_token, access_token } = await refresh(came.at(-1)!)
        expect(access_token).to.match(/^\w{8}a\.[\w-]{43}$/)
        came.push(refresh_token!)
      }
      for (const token of came) expect(token).to.match(/^\w{8}r\.[\w-]{43}$/)
      expect([...came].sort()).to.deep.equal(came)
      expect(Number.parseInt(came.at(-1)!.slice(0, 8), 36)).to.be.closeTo(rekey.now(), 60 * second)
      expect(new Set(came.map((token) => token.slice(10))).size).to.equal(came.length)
    })

    it('a token that is sent again, as the answer was lost, gets the same successor', async () => {
      const { first, refresh } = await phone()
      const lost = await refresh(first)
      rekey.advance(9 * second)
      const again = await refresh(first)
      expect(again.refresh_token).to.equal(lost.refresh_token)
      expect(again.access_token).to.not.equal(lost.access_token)
      expect((await refresh(again.refresh_token!)).access_token).to.be.a('string')
    })

    it('sent by many at once it has one successor', async () => {
      const { first, refresh } = await phone()
      const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(first)))
      expect(new Set(answers.map(({ refresh_token: token }) => token)).size).to.equal(1)
      expect((await refresh(answers[0]!.refresh_token!)).refresh_token).to.be.a('string')
    })

    it('spent by an earlier release, which named no successor, it gets one', async () => {
      const { first, refresh } = await phone()
      const consumed = Math.floor(rekey.now() / second)
      await rekey.store.tokens.update(`RefreshToken:${first}`, (current) => [
        { ...current!, consumed },
        undefined,
      ])
      const { refresh_token: next } = await refresh(first)
      expect((await refresh(first)).refresh_token).to.equal(next)
      expect((await refresh(next!)).refresh_token).to.be.a('string')
    })

    it('after that it is a replay, which ends everything', async () => {
      const { first, refresh, refused } = await phone()
      const { refresh_token: next } = await refresh(first)
      rekey.advance(12 * second)
      expect(await refused(first)).to.equal('invalid_grant')
      expect(await refused(next!)).to.equal('invalid_grant')
    })

    it('so it is as soon as the successor was used', async () => {
      const { first, refresh, refused } = await phone()
      const { refresh_token: next } = await refresh(first)
      const { refresh_token: last } = await refresh(next!)
      expect(await refused(first)).to.equal('invalid_grant')
      expect(await refused(last!)).to.equal('invalid_grant')
    })
  },
  { others: { phone: { client_secret: undefined, token_endpoint_auth_method: 'none' } } },
)

story(
  'Devices that poll',
  (rekey) => {
    before(function () {
      if (embedded) this.skip()
    })

    it('too fast are told to slow down, and a second time to wait longer', async () => {
      const config = await rekey.rp.config()
      const poll = async (code: string) => {
        const answer = await fetch(config.serverMetadata().token_endpoint!, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
            client_id: 'tv',
            device_code: code,
          }),
        })
        return ((await answer.json()) as { error: string }).error
      }
      const started = await fetch(config.serverMetadata().device_authorization_endpoint!, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'tv', scope: 'openid' }),
      })
      const { device_code: code } = (await started.json()) as { device_code: string }
      expect(await poll(code)).to.equal('authorization_pending')
      expect(await poll(code)).to.equal('slow_down')
      rekey.advance(6 * second)
      expect(await poll(code)).to.equal('slow_down')
      rekey.advance(15 * second)
      expect(await poll(code)).to.equal('authorization_pending')
    })
  },
  {
    clients: [
      {
        client_id: 'tv',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        response_types: [],
        redirect_uris: [],
      },
    ],
  },
)
