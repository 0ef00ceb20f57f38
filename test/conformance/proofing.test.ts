import { expect } from 'chai'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { createOidcProofing } from '../../adapters/proofing/oidc/connect.ts'
import { presets } from '../../adapters/proofing/oidc/presets.ts'
import { proofingSchema } from '../../adapters/proofing/oidc/schema.ts'
import type { OidcProofingSettings } from '../../adapters/proofing/oidc/settings.ts'
import { type Kept, type ProofingResult, ProofingUnavailable } from '../../adapters/proofing/proofing.ts'
import { type IdentityProvider, startIdentityProvider, verification } from '../support/identity-provider.ts'

const callback = 'https://id.example/recovery/identity/callback'
const person = { email: 'mina@hanami.example', givenName: 'Mina', familyName: 'Sato', locale: 'ja' as const }
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (payload: JWTPayload) => `${encoded({ alg: 'none' })}.${encoded(payload)}.`

describe('A provider of identity verification', () => {
  let provider: IdentityProvider
  before(async () => {
    provider = await startIdentityProvider()
  })
  after(() => provider.stop())
  beforeEach(() => {
    provider.answers = {}
    provider.subject = 'idv-mina'
    provider.verifiedClaims = { verification, claims: { given_name: 'Mina', family_name: 'Sato' } }
  })

  const settings = (given: Partial<OidcProofingSettings> = {}): OidcProofingSettings => ({
    ...proofingSchema.parse({
      issuer: provider.issuer,
      clientId: 'rekey',
      clientSecret: 'a secret of the tests',
    }),
    ...given,
  })
  const connect = (given: Partial<OidcProofingSettings> = {}) => createOidcProofing(settings(given), callback)
  const announced = async (given: Partial<OidcProofingSettings> = {}, who: object = {}) => {
    const { url, kept } = await connect(given).begin({ ...person, ...who })
    const request = provider.pushed.get(new URL(url).searchParams.get('request_uri')!)!
    return { url, kept, request, claims: JSON.parse(request.get('claims')!) }
  }
  /** A whole verification, with what comes back changed on the way. */
  const verified = async (
    change: { url?: (right: URL) => URL; kept?: (right: Kept) => Kept; now?: number } = {},
    given: Partial<OidcProofingSettings> = {},
  ): Promise<ProofingResult> => {
    const proofing = connect(given)
    const { url, kept } = await proofing.begin(person)
    const back = provider.approve(url)
    const { url: changeUrl, kept: changeKept, now = Date.now() } = change
    return proofing.finish(changeUrl?.(back) ?? back, changeKept?.(kept) ?? kept, now)
  }
  const failure = (reason: string) => ({ ok: false, reason })

  describe('is asked', () => {
    it('by a pushed request with PKCE, state, nonce and the scopes of the contract', async () => {
      const { url, kept, request } = await announced()
      expect([...new URL(url).searchParams.keys()].sort()).to.deep.equal(['client_id', 'request_uri'])
      expect(request.get('scope')).to.equal('openid profile identity_assurance')
      expect(request.get('redirect_uri')).to.equal(callback)
      expect(request.get('state')).to.equal(kept.state)
      expect(request.get('nonce')).to.equal(kept.nonce)
      expect(request.get('code_challenge_method')).to.equal('S256')
      expect(request.get('client_secret')).to.equal('a secret of the tests')
      expect(request.get('login_hint')).to.equal(person.email)
      expect(request.get('ui_locales')).to.equal('ja')
    })

    it('to compare the names it is sent, and the birth date where it is known', async () => {
      const [asked] = (await announced({}, { birthDate: '1990-02-03' })).claims.id_token.verified_claims
      expect(asked.verification.trust_framework).to.deep.equal({ value: 'IDV-DELEGATED', essential: true })
      expect(asked.verification.assurance_level).to.deep.equal({ value: 'VERIFIED', essential: true })
      expect(asked.claims).to.deep.equal({
        given_name: { value: 'Mina', fuzzy: true },
        family_name: { value: 'Sato', fuzzy: true },
        birthdate: { value: '1990-02-03', fuzzy: true },
      })
      expect((await announced()).claims.id_token.verified_claims[0].claims).to.have.all.keys(
        'given_name',
        'family_name',
      )
    })

    it('to tell names and birth date, without being sent any, where they are compared here', async () => {
      const { claims, request } = await announced({ matching: 'compare' })
      expect(claims.id_token.verified_claims[0].claims).to.deep.equal({
        given_name: null,
        family_name: null,
        birthdate: null,
      })
      expect(request.get('claims')).not.to.include('Sato')
    })

    it('with a signed assertion where that is how the client authenticates', async () => {
      const { privateKey } = await generateKeyPair('ES256', { extractable: true })
      const { kty = '', ...own } = await exportJWK(privateKey)
      const jwk = { ...own, kty, kid: 'mine', alg: 'ES256' }
      const { request } = await announced({
        clientAuth: 'private_key_jwt',
        clientSecret: undefined,
        privateKey: jwk,
      })
      const [head] = request.get('client_assertion')!.split('.')
      expect(JSON.parse(Buffer.from(head!, 'base64url').toString())).to.include({ alg: 'ES256', kid: 'mine' })
      expect(request.has('client_secret')).to.equal(false)
    })

    it('with the secret in the Authorization header where that is how the client authenticates', async () => {
      provider.headers = []
      await announced({ clientAuth: 'client_secret_basic' })
      expect(provider.headers.at(-1)!.authorization).to.match(/^Basic /)
    })

    it('at explicit endpoints, without discovery', async () => {
      const { issuer } = provider
      provider.headers = []
      const endpoints = {
        par: `${issuer}/par`,
        authorization: `${issuer}/elsewhere`,
        token: `${issuer}/token`,
        jwks: `${issuer}/jwks`,
      }
      expect((await announced({ endpoints })).url).to.match(/\/elsewhere\?/)
      expect(provider.headers).to.have.length(1)
      expect(await verified({}, { endpoints })).to.have.property('ok', true)
    })

    it('not at all when it needs names and has no endpoint for a pushed request', async () => {
      const { issuer } = provider
      const endpoints = { authorization: `${issuer}/a`, token: `${issuer}/t`, jwks: `${issuer}/jwks` }
      const refused = await connect({ endpoints })
        .begin(person)
        .catch((error) => error)
      expect(refused).to.be.instanceOf(ProofingUnavailable)
    })

    it('and says so when it refuses, or is away', async () => {
      provider.answers.par = { status: 401, body: { error: 'invalid_client' } }
      expect(
        await connect()
          .begin(person)
          .catch((error) => error),
      ).to.be.instanceOf(ProofingUnavailable)
      const away = connect({ issuer: 'http://localhost:9' })
      expect(await away.begin(person).catch((error) => error)).to.be.instanceOf(ProofingUnavailable)
    })
  })

  describe('is believed', () => {
    it('when it says who was verified, though its token response has no access token', async () => {
      const result = await verified({}, { matching: 'compare' })
      expect(result).to.deep.include({ ok: true })
      const { subject, claims, issuer, at, matched } = result.ok ? result.verified : expect.fail()
      expect({ subject, issuer, claims, matched }).to.deep.equal({
        subject: 'idv-mina',
        issuer: provider.issuer,
        claims: { givenName: 'Mina', familyName: 'Sato' },
        matched: [],
      })
      expect(at).to.equal(Date.parse(verification.time))
    })

    for (const [how, claims] of [
      ['left out', {}],
      ['MATCHED', { given_name: 'MATCHED', family_name: 'MATCHED' }],
    ] as const) {
      it(`when the names it was sent come back ${how}`, async () => {
        provider.verifiedClaims = [{ verification, claims }]
        const result = await verified()
        expect(result.ok && result.verified.matched).to.deep.equal(['given_name', 'family_name'])
      })
    }

    it('but says nothing of names that it was not sent', async () => {
      provider.verifiedClaims = { verification, claims: {} }
      const result = await verified({}, { matching: 'compare' })
      expect(result.ok && result.verified).to.deep.include({ matched: [], claims: {} })
    })

    it('in the words of another trust framework, if they are configured', async () => {
      provider.verifiedClaims = {
        verification: { ...verification, trust_framework: 'nist_800_63A', assurance_level: 'ial2' },
        claims: { given_name: 'Mina', family_name: 'Sato' },
      }
      expect(await verified()).to.deep.equal(failure('CLAIMS_NOT_VERIFIED'))
      const configured = { trustFrameworks: ['nist_800_63A'], assuranceLevels: ['ial2'] }
      expect((await verified({}, configured)).ok).to.equal(true)
    })

    it('with its own name of the verification as the reference', async () => {
      provider.verifiedClaims = {
        verification: { ...verification, verification_process: 'vp-17' },
        claims: {},
      }
      const result = await verified()
      expect(result.ok && result.verified.reference).to.equal('vp-17')
    })
  })

  describe('is not believed', () => {
    const claims = {}
    const withVerification = (changed: object) => ({ verification: { ...verification, ...changed }, claims })
    const statements: [what: string, verifiedClaims: unknown, reason: string][] = [
      ['that the person failed', withVerification({ assurance_level: 'FAILED' }), 'CLAIMS_NOT_VERIFIED'],
      ['without an assurance level', withVerification({ assurance_level: null }), 'CLAIMS_NOT_VERIFIED'],
      ['in an unknown trust framework', withVerification({ trust_framework: 'x' }), 'CLAIMS_NOT_VERIFIED'],
      ['without a trust framework', withVerification({ trust_framework: undefined }), 'CLAIMS_NOT_VERIFIED'],
      ['with a level in a list', withVerification({ assurance_level: ['VERIFIED'] }), 'CLAIMS_NOT_VERIFIED'],
      ['without verified_claims', undefined, 'malformed'],
      ['with verified_claims null', null, 'malformed'],
      ['with verified_claims as text', 'VERIFIED', 'malformed'],
      ['with an empty list', [], 'malformed'],
      ['without a verification', { claims }, 'malformed'],
      ['with claims as a list', { verification, claims: ['Mina'] }, 'malformed'],
      ['without a time', withVerification({ time: undefined }), 'malformed'],
      ['with a time nobody can read', withVerification({ time: 'yesterday' }), 'malformed'],
      [
        'of a time to come',
        withVerification({ time: new Date(Date.now() + 3_600_000).toISOString() }),
        'malformed',
      ],
      [
        'of evidence that is too old',
        withVerification({ time: new Date(Date.now() - 61 * 60_000).toISOString() }),
        'stale_evidence',
      ],
    ]
    for (const [what, verifiedClaims, reason] of statements) {
      it(`${what}: ${reason}`, async () => {
        provider.verifiedClaims = verifiedClaims as object
        expect(await verified()).to.deep.equal(failure(reason))
      })
    }

    const payloads: [what: string, change: (right: JWTPayload) => JWTPayload, reason: string][] = [
      ['another nonce', (right) => ({ ...right, nonce: 'another' }), 'wrong_nonce'],
      ['no nonce', ({ nonce: _, ...right }) => right, 'wrong_nonce'],
      ['another issuer', (right) => ({ ...right, iss: 'https://evil.example' }), 'wrong_issuer'],
      ['no issuer', ({ iss: _, ...right }) => right, 'wrong_issuer'],
      ['another audience', (right) => ({ ...right, aud: 'another' }), 'wrong_audience'],
      ['no audience', ({ aud: _, ...right }) => right, 'wrong_audience'],
      [
        'two audiences and the other as its party',
        (right) => ({ ...right, aud: ['rekey', 'x'], azp: 'x' }),
        'wrong_audience',
      ],
      ['no subject', ({ sub: _, ...right }) => right, 'malformed'],
      ['an empty subject', (right) => ({ ...right, sub: '' }), 'malformed'],
      ['an end that is past', (right) => ({ ...right, exp: right.iat! - 3600 }), 'late'],
      ['no end', ({ exp: _, ...right }) => right, 'malformed'],
    ]
    for (const [what, payload, reason] of payloads) {
      it(`an ID token with ${what}: ${reason}`, async () => {
        provider.answers.payload = payload
        expect(await verified()).to.deep.equal(failure(reason))
      })
    }

    it('an ID token without a signature, though its metadata allow none: unsigned', async () => {
      provider.answers.sign = unsigned
      expect(await verified()).to.deep.equal(failure('unsigned'))
    })

    it('an ID token signed by another key of the same name: bad_signature', async () => {
      const { privateKey } = await generateKeyPair('RS256')
      provider.answers.sign = (payload) =>
        new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey)
      expect(await verified()).to.deep.equal(failure('bad_signature'))
    })

    it('an ID token signed by a key it does not publish: bad_signature', async () => {
      const { privateKey } = await generateKeyPair('ES256')
      provider.answers.sign = (payload) =>
        new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'k2' }).sign(privateKey)
      expect(await verified()).to.deep.equal(failure('bad_signature'))
    })

    it('an ID token that is signed with the client secret: bad_signature', async () => {
      const key = new TextEncoder().encode('a secret of the tests')
      provider.answers.sign = (payload) => new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(key)
      expect(await verified()).to.deep.equal(failure('bad_signature'))
    })

    it('an ID token whose payload was changed after it was signed: bad_signature', async () => {
      provider.answers.sign = async (payload) => {
        const [head, , signature] = (await provider.sign({ ...payload, sub: 'other' })).split('.')
        return `${head}.${encoded(payload)}.${signature}`
      }
      expect(await verified()).to.deep.equal(failure('bad_signature'))
    })

    it('an ID token that is none: malformed', async () => {
      for (const token of ['', 'no token', 'a.b', 'a.b.c']) {
        provider.answers.sign = () => token
        expect(await verified(), token).to.deep.equal(failure('malformed'))
      }
    })

    it('an ID token of an earlier verification: wrong_nonce', async () => {
      let earlier = ''
      provider.answers.sign = async (payload) => (earlier = await provider.sign(payload))
      expect((await verified()).ok).to.equal(true)
      provider.answers.sign = () => earlier
      expect(await verified()).to.deep.equal(failure('wrong_nonce'))
    })

    it('a response without an ID token, or that is no JSON: malformed', async () => {
      provider.answers.tokens = () => ({ body: JSON.stringify({ access_token: 'x', token_type: 'Bearer' }) })
      expect(await verified()).to.deep.equal(failure('malformed'))
      provider.answers.tokens = () => ({ body: '<html>', type: 'text/html' })
      expect(await verified()).to.deep.equal(failure('malformed'))
      provider.answers.tokens = () => ({ body: '{' })
      expect(await verified()).to.deep.equal(failure('malformed'))
    })

    it('a code that was spent already: late', async () => {
      const proofing = connect()
      const { url, kept } = await proofing.begin(person)
      const back = provider.approve(url)
      expect((await proofing.finish(back, kept, Date.now())).ok).to.equal(true)
      expect(await proofing.finish(back, kept, Date.now())).to.deep.equal(failure('late'))
    })

    it('a code that was meant for another verifier: late', async () => {
      const other = 'v'.repeat(43)
      expect(await verified({ kept: (kept) => ({ ...kept, verifier: other }) })).to.deep.equal(
        failure('late'),
      )
    })

    it('another state, or none: wrong_state', async () => {
      const changed = (state: string | undefined) => (right: URL) => {
        right.searchParams.delete('state')
        if (state !== undefined) right.searchParams.set('state', state)
        return right
      }
      expect(await verified({ url: changed('another') })).to.deep.equal(failure('wrong_state'))
      expect(await verified({ url: changed(undefined) })).to.deep.equal(failure('wrong_state'))
    })

    it('an answer that names another issuer (RFC 9207): wrong_issuer', async () => {
      const url = (right: URL) => {
        right.searchParams.set('iss', 'https://evil.example')
        return right
      }
      expect(await verified({ url })).to.deep.equal(failure('wrong_issuer'))
    })

    it('when the person turned back, or it failed itself: refused, provider_error', async () => {
      const answered = (error: string) => (right: URL) => {
        right.searchParams.delete('code')
        right.searchParams.set('error', error)
        return right
      }
      expect(await verified({ url: answered('access_denied') })).to.deep.equal(failure('refused'))
      expect(await verified({ url: answered('server_error') })).to.deep.equal(failure('provider_error'))
      provider.answers.tokens = () => ({ status: 500, body: '{}' })
      expect(await verified()).to.deep.equal(failure('provider_error'))
    })
  })

  describe('has a preset', () => {
    // The addresses that the providers have published (docs/identity-verification.md says where).
    it('for Nametag', () => {
      expect(presets.nametag).to.deep.equal({
        clientAuth: 'client_secret_post',
        scopes: 'openid profile identity_assurance',
        issuer: 'https://nametag.co',
        endpoints: {
          par: 'https://nametag.co/oauth2/par',
          authorization: 'https://nametag.co/oauth2/authorize',
          token: 'https://nametag.co/oauth2/token',
          jwks: 'https://nametag.co/.well-known/jwks',
        },
      })
    })

    it('for Didit, by discovery', () => {
      expect(presets.didit.issuer).to.equal('https://apx.didit.me/auth/idv')
      expect(presets.didit.endpoints).to.equal(undefined)
    })

    it('for Persona and CLEAR, which need the addresses of the tenant', () => {
      for (const preset of ['persona', 'clear'] as const) {
        const incomplete = { ...settings({ preset }), issuer: undefined }
        expect(() => createOidcProofing(incomplete, callback)).to.throw('needs an issuer')
      }
    })
  })
})
