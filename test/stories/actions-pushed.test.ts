import { expect } from 'chai'
import * as oidc from 'openid-client'
import { Browser } from '../support/browser.ts'
import { story } from '../support/story.ts'

const insecure = { execute: [oidc.allowInsecureRequests] }
const clientSecret = 'a secret of the tests, long enough'
const callback = 'https://limited.example/callback'

interface Parameters {
  [parameter: string]: string
}

/** An app that may send people to two things. */
const limited = {
  client_id: 'limited',
  client_secret: clientSecret,
  redirect_uris: [callback],
  actions: ['backup_codes', 'recovery_status'],
}

story(
  'Actions that an app pushes (RFC 9126)',
  (rekey) => {
    const discover = () => oidc.discovery(new URL(rekey.issuer), 'limited', clientSecret, undefined, insecure)

    const push = async (params: Parameters) => {
      const verifier = oidc.randomPKCECodeVerifier()
      const url = await oidc.buildAuthorizationUrlWithPAR(await discover(), {
        redirect_uri: callback,
        scope: 'openid',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...params,
      })
      return { url, verifier }
    }

    const leave = async (url: URL) => {
      const person = await rekey.person()
      const browser = new Browser()
      await browser.open(url.href)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) }, { stopAt: callback })
      return { person, browser }
    }

    const returned = (browser: Browser) => new URL(browser.shown.url).searchParams

    it('bring the person to the action and back, in Keycloak’s words too', async () => {
      const requests: Parameters[] = [
        { action: 'backup_codes' },
        { kc_action: 'CONFIGURE_RECOVERY_AUTHN_CODES' },
      ]
      for (const params of requests) {
        const { url, verifier } = await push(params)
        expect([...url.searchParams.keys()].sort()).to.deep.equal(['client_id', 'request_uri'])
        const { person, browser } = await leave(url)
        await browser.press('Make backup codes')
        await browser.press('Continue', { saved: 'yes' }, { stopAt: callback })
        expect(returned(browser).get('action_status')).to.equal('success')
        expect(returned(browser).get('kc_action')).to.equal(params.kc_action ?? null)
        const checks = { pkceCodeVerifier: verifier, idTokenExpected: true }
        const tokens = await oidc.authorizationCodeGrant(await discover(), new URL(browser.shown.url), checks)
        expect(tokens.claims()?.sub).to.equal(person.id)
      }
    })

    it('are refused while they are pushed, when they are unknown or the client may not ask for them', async () => {
      const requests: Parameters[] = [
        { action: 'enrol' },
        { action: 'manage_factors' },
        { action: 'delete_everything' },
        { kc_action: 'CONFIGURE_TOTP' },
        { kc_action: 'UPDATE_PASSWORD' },
      ]
      for (const params of requests) {
        await push(params).then(
          () => expect.fail(`taken: ${JSON.stringify(params)}`),
          (error) => {
            expect(error).to.be.instanceOf(oidc.ResponseBodyError)
            expect([error.status, error.error]).to.deep.equal([400, 'invalid_request'])
          },
        )
      }
    })

    it('can not be exchanged in the address that the person is sent to', async () => {
      const { url } = await push({ action: 'recovery_status' })
      url.searchParams.set('action', 'backup_codes')
      const { browser } = await leave(url)
      expect(browser.heading).to.equal('No open request')
    })

    it('can not be added in the address either', async () => {
      const { url } = await push({})
      url.searchParams.set('action', 'backup_codes')
      const { browser } = await leave(url)
      expect(browser.shown.url).to.match(/^https:\/\/limited\.example\/callback\?code=/)
      expect(returned(browser).has('action_status')).to.equal(false)
    })
  },
  { clients: [limited] },
)
