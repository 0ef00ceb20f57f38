import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { embedded } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

const initialAccessToken = 'initial-access-token-of-the-tests-long-enough'

/** How a place inside can be written; `localhost` by itself is allowed in these tests. */
const inside = [
  '127.0.0.1:8443',
  '127.1.2.3',
  '[::1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:7f00:1]',
  '[fd00::1]',
  '[fe80::1]',
  '[64:ff9b::a00:1]',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '１２７.０.０.１',
  'app.localhost',
  'LOCALHOST.localdomain',
  'printer.local',
  'metadata.google.internal',
  'router.home.arpa',
  'intranet',
  '127.0.0.1.',
  'printer.local.',
]

const asked = ['backchannel_logout_uri', 'jwks_uri', 'sector_identifier_uri', 'request_uris']
const shown = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri']
const said = (name: string, uri: string) => (name.endsWith('uris') ? ['https://ok.example/', uri] : uri)

// SSRF: whoever registers an app chooses what is asked from here, and what people's browsers load.
story(
  'An address that an app registers',
  (rekey) => {
    before(function () {
      // A host decides itself who registers.
      if (embedded) this.skip()
    })
    const app = {
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://new.example/callback'],
      grant_types: ['authorization_code'],
    }
    const send = async (url: string, method: string, body: object, token?: string) => {
      const authorization: { [name: string]: string } =
        token === undefined ? {} : { authorization: `Bearer ${token}` }
      const headers = { 'content-type': 'application/json', ...authorization }
      const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
      return { status: answer.status, body: (await answer.json()) as { [name: string]: string } }
    }
    const register = (metadata: object, token?: string) =>
      send(`${rekey.issuer}/reg`, 'POST', { ...app, ...metadata }, token)

    for (const name of [...asked, ...shown])
      it(`doesn’t lead inside by ${name}, whether anybody may register or a token is asked for`, async () => {
        for (const host of inside)
          for (const token of name === 'request_uris'
            ? [initialAccessToken]
            : [undefined, initialAccessToken]) {
            const { status, body } = await register({ [name]: said(name, `https://${host}/x`) }, token)
            expect([status, body.error], host).to.deep.equal([400, 'invalid_client_metadata'])
            expect(body.error_description, host).to.include(`${name} leads to a private network`)
          }
      })

    it('doesn’t lead inside later either, when the app changes what it said', async () => {
      const { status, body } = await register(
        { backchannel_logout_uri: 'https://new.example/logout' },
        initialAccessToken,
      )
      expect(status, JSON.stringify(body)).to.equal(201)
      for (const name of [...asked, ...shown]) {
        const change = { ...app, client_id: body.client_id, [name]: said(name, 'https://10.0.0.1/x') }
        const answer = await send(
          body.registration_client_uri!,
          'PUT',
          change,
          body.registration_access_token,
        )
        expect([answer.status, answer.body.error], name).to.deep.equal([400, 'invalid_client_metadata'])
      }
    })

    it('is taken where the operator has listed its host, or where it is public', async () => {
      for (const address of ['http://localhost:1/x', 'https://new.example/x', 'https://93.184.215.14/x']) {
        const { status, body } = await register({ backchannel_logout_uri: address, logo_uri: address })
        expect(status, JSON.stringify(body)).to.equal(201)
      }
    })

    it('may be on a person’s own machine where the app is, for what it shows and for nothing that is asked', async () => {
      const native = { application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'] }
      const at = 'http://127.0.0.1:4000/x'
      expect((await register({ ...native, logo_uri: at, tos_uri: at })).status).to.equal(201)
      expect((await register({ ...native, logo_uri: 'http://192.168.1.1/x' })).status).to.equal(400)
      expect((await register({ ...native, backchannel_logout_uri: at })).status).to.equal(400)
    })

    it('is refused to an operator as well, where it is one that would be asked', async () => {
      const browser = new Browser()
      await browser.open(`${rekey.issuer}/operator/apps/new`)
      await signInThere(rekey, await rekey.person({ operator: true }), browser)
      await browser.press('Register', {
        client_name: 'Inside',
        redirect_uris: 'https://inside.example/cb',
        backchannel_logout_uri: 'https://10.0.0.1/logout',
      })
      expect(browser.words).to.include('backchannel_logout_uri leads to a private network')
    })
  },
  { config: { registration: { initialAccessToken, open: true, perHour: 1000 } } },
)
