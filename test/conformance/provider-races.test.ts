import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { decodeJwt } from 'jose'
import { endEverything } from '../../provider/revocation.ts'
import { stripAccount } from '../../rules/enrolment.ts'
import { Browser } from '../support/browser.ts'
import { type GatedStore, gated, type Held } from '../support/gates.ts'
import { signIn } from '../support/journeys.ts'
import { type Person, type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

/** Apps without a server: nobody answers at their address, and the browser stops before it gets there. */
const home = 'http://localhost:1/'
const client = (id: string) => ({
  client_id: id,
  client_name: id,
  token_endpoint_auth_method: 'none',
  redirect_uris: [`${home}${id}`],
  post_logout_redirect_uris: [`${home}${id}`],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
})

interface Tokens {
  access_token: string
  refresh_token: string
  id_token: string
  error?: string
}

// The four races of a library that saves blindly, each over HTTP.
describeEachEngine('Two requests at the same time', (engine) => {
  let opened: Opened
  let rekey: Rekey
  let gates: GatedStore
  let clock: ProcessClock
  const verifier = randomBytes(32).toString('base64url')

  before(async () => {
    clock = moveProcessTime()
    opened = await engine.open(() => Date.now())
    gates = gated(opened.store)
    // Without a grace for answers that were lost: what is tried here are replays.
    const config = { refreshGrace: { seconds: 0 } }
    rekey = await startRekey(gates.store, { clients: ['one', 'two'].map(client), clock, config })
  })
  after(async () => {
    await rekey.work()
    await rekey.stop()
    await opened.dispose()
    clock.restore()
    expect(rekey.logged).to.deep.equal([])
  })

  function authorizeUrl(app: string, params: { [name: string]: string } = {}): string {
    const query = new URLSearchParams({
      client_id: app,
      redirect_uri: `${home}${app}`,
      response_type: 'code',
      scope: 'openid',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...params,
    })
    return `${rekey.issuer}/auth?${query}`
  }

  /** What came back to the app: a code or an error. */
  const answerIn = (browser: Browser) => Object.fromEntries(new URL(browser.trail.at(-1)!).searchParams)

  async function silently(app: string, browser: Browser): Promise<{ [name: string]: string }> {
    await browser.open(authorizeUrl(app, { prompt: 'none' }), { stopAt: home })
    return answerIn(browser)
  }

  async function token(
    app: string,
    fields: { [name: string]: string },
  ): Promise<Tokens & { status: number }> {
    const body = new URLSearchParams({ client_id: app, ...fields })
    const response = await fetch(`${rekey.issuer}/token`, { method: 'POST', body })
    return { ...((await response.json()) as Tokens), status: response.status }
  }

  const exchange = (app: string, code = '') =>
    token(app, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: `${home}${app}`,
      code_verifier: verifier,
    })
  const refresh = (app: string, refresh_token: string) =>
    token(app, { grant_type: 'refresh_token', refresh_token })
  const works = async ({ access_token }: Tokens) =>
    (await fetch(`${rekey.issuer}/me`, { headers: { authorization: `Bearer ${access_token}` } })).status ===
    200

  /** Where the provider has read the session and the account, and saved nothing yet. */
  const readsAccount = ({ id }: Person): Held => ({
    collection: 'protections',
    operation: 'get',
    id,
    when: 'after',
  })
  /** Where it has read the code, and not yet marked it. */
  const consumes = (model: string): Held => ({
    collection: 'tokens',
    operation: 'update',
    id: `${model}:`,
    when: 'before',
  })

  /** Someone signed in, with a browser. */
  async function someone(): Promise<{ person: Person; browser: Browser }> {
    const person = await rekey.person()
    return { person, browser: await signIn(rekey, person) }
  }

  /** A sign-in up to the request that would finish it, which is the next the browser makes. */
  async function almostSignedIn(person: Person, browser: Browser, params = {}): Promise<string> {
    await browser.open(authorizeUrl('one', params))
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) }, { stopAt: `${rekey.issuer}/auth/` })
    return browser.shown.url
  }

  /** The person's browser again, with the cookies it has now. */
  async function copyOf(browser: Browser): Promise<Browser> {
    const copy = new Browser()
    Object.assign(copy, { jar: await browser.jar.clone() })
    return copy
  }

  async function reset(person: Person): Promise<void> {
    const now = rekey.now()
    await opened.store.protections.update(person.id, (account) => [
      stripAccount(account!, { case: person.id, route: 'admin', at: now }, now),
      undefined,
    ])
    await endEverything(opened.store, person.id, person.id, Date.now())
  }

  describe('of which one ends the session', () => {
    it('leave it ended, though the other read it before and saves it afterwards', async () => {
      const { person, browser } = await someone()
      const gate = gates.hold(1, readsAccount(person))
      const slow = silently('one', browser)
      await gate.reached
      await endEverything(opened.store, person.id, 'a reset', Date.now())
      gate.open()
      const { code } = await slow
      expect(await exchange('one', code)).to.include({ status: 400, error: 'invalid_grant' })
      expect(await silently('one', browser)).to.include({ error: 'login_required' })
      for (const session of await opened.store.sessions.find('account', person.id))
        expect(session.ended).to.equal('a reset')
    })

    it('leave it ended, though the other saves it under a new id', async () => {
      const { person, browser } = await someone()
      const last = await almostSignedIn(person, browser, { prompt: 'login' })
      const gate = gates.hold(1, readsAccount(person))
      const slow = browser.open(last, { stopAt: home })
      await gate.reached
      await endEverything(opened.store, person.id, 'a reset', Date.now())
      gate.open()
      await slow
      expect(await exchange('one', answerIn(browser)['code'])).to.include({
        status: 400,
        error: 'invalid_grant',
      })
      expect(await silently('one', browser)).to.include({ error: 'login_required' })
    })

    it('give no tokens to a first sign-in that was just being finished', async () => {
      const person = await rekey.person()
      const browser = new Browser()
      const last = await almostSignedIn(person, browser)
      const gate = gates.hold(1, readsAccount(person))
      const slow = browser.open(last, { stopAt: home })
      await gate.reached
      rekey.advance(10_000)
      await reset(person)
      gate.open()
      await slow
      expect(await exchange('one', answerIn(browser)['code'])).to.include({
        status: 400,
        error: 'invalid_grant',
      })
      expect(await silently('one', browser)).to.include({ error: 'login_required' })
    })

    it('keep a finished sign-in from being resumed later', async () => {
      const person = await rekey.person()
      const browser = new Browser()
      const last = await almostSignedIn(person, browser)
      await reset(person)
      await browser.open(last, { stopAt: home })
      expect(browser.trail.at(-1)).to.equal(last)
      expect(browser.shown.status).to.equal(400)
      expect(await silently('one', browser)).to.include({ error: 'login_required' })
    })
  })

  describe('of which one signs in anew', () => {
    const agesOf = async (app: string, browser: Browser) => {
      const { id_token } = await exchange(app, (await silently(app, browser))['code'])
      return decodeJwt(id_token)['auth_time'] as number
    }

    it('leave the new session, though the other saves the old one afterwards', async () => {
      const { person, browser } = await someone()
      const before = await agesOf('one', browser)
      const old = await copyOf(browser)
      const gate = gates.hold(1, readsAccount(person))
      const slow = silently('two', old)
      await gate.reached
      rekey.advance(60_000)
      await browser.open(await almostSignedIn(person, browser, { prompt: 'login' }), { stopAt: home })
      gate.open()
      await slow
      expect(await agesOf('one', browser)).to.be.at.least(before + 60)
      expect(await silently('one', old)).to.include({ error: 'login_required' })
      const sessions = await opened.store.sessions.find('account', person.id)
      expect(sessions).to.have.length(1)
    })
  })

  it('of two apps, each the first of its app, lose neither', async () => {
    const { person, browser } = await someone()
    const [first, second] = [await copyOf(browser), await copyOf(browser)]
    const gate = gates.hold(2, readsAccount(person))
    const answers = [silently('one', first), silently('two', second)]
    await gate.reached
    gate.open()
    const [one, two] = await Promise.all(answers)
    expect(await exchange('one', one!['code'])).to.include({ status: 200 })
    expect(await exchange('two', two!['code'])).to.include({ status: 200 })
    const [session] = await opened.store.sessions.find('account', person.id)
    expect(JSON.parse(session!.payload).authorizations).to.include.all.keys('app', 'one', 'two')
  })

  describe('that exchange the same', () => {
    it('code get tokens once', async () => {
      const { browser } = await someone()
      const { code } = await silently('one', browser)
      const gate = gates.hold(2, consumes('AuthorizationCode'))
      const both = [exchange('one', code), exchange('one', code)]
      await gate.reached
      gate.open()
      const outcomes = (await Promise.all(both)).sort((a, b) => a.status - b.status)
      expect(outcomes.map(({ status, error }) => [status, error])).to.deep.equal([
        [200, undefined],
        [400, 'invalid_grant'],
      ])
      expect(await works(outcomes[0]!)).to.equal(true)
    })

    it('refresh token get tokens once', async () => {
      const { browser } = await someone()
      const tokens = await exchange('one', (await silently('one', browser))['code'])
      const gate = gates.hold(2, consumes('RefreshToken'))
      const both = [refresh('one', tokens.refresh_token), refresh('one', tokens.refresh_token)]
      await gate.reached
      gate.open()
      const outcomes = (await Promise.all(both)).sort((a, b) => a.status - b.status)
      expect(outcomes.map(({ status, error }) => [status, error])).to.deep.equal([
        [200, undefined],
        [400, 'invalid_grant'],
      ])
      expect(await works(outcomes[0]!)).to.equal(true)
      // No second chain begins: what the refused one had made is gone.
      const { tokens: stored } = opened.store
      const kept = await stored.get(`RefreshToken:${outcomes[0]!.refresh_token}`)
      const live = (await stored.walk({ limit: 9999 })).filter(
        ({ id, grant, consumed }) =>
          id.startsWith('RefreshToken:') && grant === kept!.grant && consumed === undefined,
      )
      expect(live).to.deep.equal([kept])
    })
  })

  it('one after the other that exchange the same code end every token that came of it', async () => {
    const { browser } = await someone()
    const { code } = await silently('one', browser)
    const tokens = await exchange('one', code)
    expect(await works(tokens)).to.equal(true)
    expect(await exchange('one', code)).to.include({ status: 400, error: 'invalid_grant' })
    expect(await works(tokens)).to.equal(false)
    expect(await refresh('one', tokens.refresh_token)).to.include({ status: 400, error: 'invalid_grant' })
  })
})
