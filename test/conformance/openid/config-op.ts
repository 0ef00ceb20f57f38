import { expect } from 'chai'
import type { Rekey } from '../../support/rekey.ts'

type Metadata = { [name: string]: unknown }

/** Config OP. */
export function configOp(rekey: Rekey): void {
  describe('OpenID Connect Discovery 1.0', () => {
    const discovered = async () => {
      const answer = await fetch(`${rekey.issuer}/.well-known/openid-configuration`)
      return { answer, metadata: (await answer.json()) as Metadata }
    }

    it('§4.1, §4.2: the document is at its well-known place, as JSON', async () => {
      const { answer } = await discovered()
      expect(answer.status).to.equal(200)
      expect(answer.headers.get('content-type')).to.match(/^application\/json/)
    })

    it('§4.3: its issuer is the one that it was asked from', async () => {
      expect((await discovered()).metadata.issuer).to.equal(rekey.issuer)
    })

    it('§3: it has everything that is required', async () => {
      expect((await discovered()).metadata).to.include.keys(
        'issuer',
        'authorization_endpoint',
        'token_endpoint',
        'userinfo_endpoint',
        'jwks_uri',
        'response_types_supported',
        'subject_types_supported',
        'id_token_signing_alg_values_supported',
        'scopes_supported',
        'claims_supported',
      )
    })

    it('§3: RS256 is among the algorithms of ID tokens, openid among the scopes, code among the response types', async () => {
      const { metadata } = await discovered()
      expect(metadata.id_token_signing_alg_values_supported).to.include('RS256')
      expect(metadata.scopes_supported).to.include('openid')
      expect(metadata.response_types_supported).to.deep.equal(['code'])
      expect(metadata.claims_parameter_supported).to.equal(true)
    })

    it('§3: every endpoint is below the issuer', async () => {
      const { metadata } = await discovered()
      const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
      for (const [name, url] of endpoints) expect(String(url), name).to.match(new RegExp(`^${rekey.issuer}/`))
    })

    it('RFC 7517 §4: the keys have ids, uses, and nothing private', async () => {
      const { keys } = (await (await fetch(`${rekey.issuer}/jwks`)).json()) as { keys: Metadata[] }
      expect(new Set(keys.map(({ kid }) => kid)).size).to.equal(keys.length)
      for (const key of keys) {
        expect(key.use).to.equal('sig')
        expect(key).to.not.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi', 'k')
      }
    })

    it('RFC 9207 §3: it says that answers name the issuer', async () => {
      const { metadata } = await discovered()
      expect(metadata.authorization_response_iss_parameter_supported).to.equal(true)
    })
  })
}
