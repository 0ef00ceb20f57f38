import { expect } from 'chai'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Browser } from '../support/browser.ts'
import { disavow } from '../support/cases.ts'
import { getReset, requestReset, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import type { RelyingApp, SignedIn } from '../support/relying-app.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const others = {
  'sub-only': { backchannel_logout_session_required: false },
  pairwise: { subject_type: 'pairwise' },
  es256: { id_token_signed_response_alg: 'ES256' },
  deaf: { backchannel_logout_uri: undefined, backchannel_logout_session_required: undefined },
}

story(
  'When a session ends',
  (rekey) => {
    /** Signs in at the first app, and silently at others: one session, many apps. */
    const signInAt = async (person: Person, ...apps: RelyingApp[]) => {
      const browser = await signIn(rekey, person)
      const at: SignedIn[] = [await rekey.rp.finish(browser)]
      for (const app of apps) {
        await app.start(browser, { prompt: 'none' })
        at.push(await app.finish(browser))
      }
      return { browser, at }
    }

    const askToSignOut = async (browser: Browser, { tokens }: SignedIn) => {
      const { end_session_endpoint } = (await rekey.rp.config()).serverMetadata()
      const url = new URL(end_session_endpoint!)
      url.search = new URLSearchParams({
        id_token_hint: tokens.id_token!,
        post_logout_redirect_uri: `${rekey.rp.origin}/`,
      }).toString()
      await browser.open(url.href)
    }

    const signsOut = async ({ browser, at }: Awaited<ReturnType<typeof signInAt>>) => {
      await askToSignOut(browser, at[0]!)
      await browser.press('Sign out')
    }

    const isReset = async (_: unknown, person: Person, admin: Person) => {
      await getReset(rekey, person, admin)
    }

    const told = ({ loggedOut }: RelyingApp, sub: string) => loggedOut.filter((token) => token.sub === sub)

    it('by signing out, every app of the session is told, each in its own words', async () => {
      const person = await rekey.person()
      const { 'sub-only': subOnly, pairwise, deaf } = rekey.others as { [client: string]: RelyingApp }
      const { browser, at } = await signInAt(person, subOnly!, pairwise!, deaf!)
      await askToSignOut(browser, at[0]!)
      expect(browser.heading).to.equal('Sign out?')
      expect(told(rekey.rp, person.id), 'asking changes nothing').to.deep.equal([])
      await browser.press('Sign out')
      expect(browser.shown.url).to.equal(`${rekey.rp.origin}/`)
      expect(told(rekey.rp, person.id).map(({ sid }) => sid)).to.deep.equal([at[0]!.claims.sid])
      const [bySubject] = told(subOnly!, person.id)
      expect(bySubject).to.include({ aud: 'sub-only', iss: rekey.issuer })
      expect(bySubject).to.not.have.property('sid')
      expect(at[2]!.claims.sub).to.not.equal(person.id)
      expect(told(pairwise!, at[2]!.claims.sub)).to.have.length(1)
      expect(deaf!.loggedOut).to.deep.equal([])
      await rekey.rp.start(browser, { prompt: 'none' })
      expect(await rekey.rp.refusal(browser)).to.equal('login_required')
    })

    it('a logout token has what OpenID Connect Back-Channel Logout 1.0 §2.4 asks for, and nothing it forbids', async () => {
      const person = await rekey.person()
      const { browser, at } = await signInAt(person)
      await askToSignOut(browser, at[0]!)
      await browser.press('Sign out')
      const [token] = told(rekey.rp, person.id)
      expect(token).to.have.all.keys('iss', 'aud', 'iat', 'exp', 'jti', 'events', 'sub', 'sid')
      expect(token!.events).to.deep.equal({ 'http://schemas.openid.net/event/backchannel-logout': {} })
      expect(token!.exp! - token!.iat!).to.be.at.most(120)
    })

    it('is announced in discovery', async () => {
      const metadata = (await rekey.rp.config()).serverMetadata()
      expect(metadata.backchannel_logout_supported).to.equal(true)
      expect(metadata.backchannel_logout_session_supported).to.equal(true)
    })

    it('a logout token is signed as the app’s ID tokens are, by a key that is published', async () => {
      const { es256 } = rekey.others as { [client: string]: RelyingApp }
      const { browser, at } = await signInAt(await rekey.person(), es256!)
      await askToSignOut(browser, at[0]!)
      await browser.press('Sign out')
      // Both apps have verified the signature with the published keys.
      for (const [app, alg] of [
        [rekey.rp, 'RS256'],
        [es256!, 'ES256'],
      ] as const) {
        const { token } = app.logoutRequests.at(-1)!
        const { kid, ...header } = decodeProtectedHeader(token)
        expect(header).to.deep.equal({ alg, typ: 'logout+jwt' })
        expect(kid).to.be.a('string')
        expect(app.loggedOut.at(-1)).to.deep.equal(decodeJwt(token))
      }
    })

    it('is a form that is posted; 204 counts as taken like 200', async () => {
      const person = await rekey.person()
      const { browser, at } = await signInAt(person)
      rekey.rp.answer = 204
      rekey.rp.logoutRequests.length = 0
      await askToSignOut(browser, at[0]!)
      await browser.press('Sign out')
      rekey.advance(3_600_000)
      await rekey.work()
      rekey.rp.answer = 200
      expect(rekey.rp.logoutRequests.map(({ method, type }) => [method, type.split(';')[0]])).to.deep.equal([
        ['POST', 'application/x-www-form-urlencoded'],
      ])
      expect(told(rekey.rp, person.id)).to.have.length(1)
    })

    it('by a reset or by signing out of one app, nobody else is told', async () => {
      const { person, admin } = await team(rekey)
      const bystander = await rekey.person()
      const { 'sub-only': subOnly } = rekey.others as { [client: string]: RelyingApp }
      const stays = await signInAt(bystander, subOnly!)
      await signInAt(person, subOnly!)
      await getReset(rekey, person, admin)
      await rekey.work()
      expect(told(rekey.rp, bystander.id)).to.deep.equal([])
      await askToSignOut(stays.browser, stays.at[0]!)
      await stays.browser.press('Stay signed in')
      expect(told(rekey.rp, bystander.id)).to.have.length(1)
      expect(told(subOnly!, bystander.id)).to.deep.equal([])
      await subOnly!.start(stays.browser, { prompt: 'none' })
      expect((await subOnly!.finish(stays.browser)).claims.sub).to.equal(bystander.id)
    })

    it('by a reset, every app of every session is told once', async () => {
      const { person, admin } = await team(rekey)
      const { 'sub-only': subOnly, pairwise } = rekey.others as { [client: string]: RelyingApp }
      const phone = await signInAt(person, subOnly!)
      const desk = await signInAt(person, pairwise!)
      await getReset(rekey, person, admin)
      await rekey.work()
      const sids = [phone, desk].map(({ at }) => at[0]!.claims.sid)
      expect(told(rekey.rp, person.id).map(({ sid }) => sid)).to.have.members(sids)
      expect(told(subOnly!, person.id)).to.have.length(1)
      expect(told(pairwise!, desk.at[1]!.claims.sub)).to.have.length(1)
    })

    it('by "This wasn\'t me", every app of every session is told once', async () => {
      const { person, admin } = await team(rekey)
      const { at } = await signInAt(person)
      const { disavow: link } = await requestReset(rekey, person, admin)
      await disavow(link)
      await rekey.work()
      expect(told(rekey.rp, person.id).map(({ sid }) => sid)).to.deep.equal([at[0]!.claims.sid])
    })

    for (const [end, endSession] of [
      ['signing out', signsOut],
      ['a reset', isReset],
    ] as const) {
      it(`by ${end}, an app that is down hears of it when it is up again`, async () => {
        const { person, admin } = await team(rekey)
        const signedIn = await signInAt(person)
        rekey.rp.answer = 503
        await endSession(signedIn, person, admin)
        await rekey.work()
        rekey.advance(6_000)
        await rekey.work()
        expect(told(rekey.rp, person.id), 'still down').to.deep.equal([])
        rekey.rp.answer = 200
        rekey.advance(60_000)
        await rekey.work()
        expect(told(rekey.rp, person.id).map(({ sid }) => sid)).to.deep.equal([signedIn.at[0]!.claims.sid])
        // That it was tried in vain is worth a line in the log, without the token.
        const lines = rekey.logged.splice(0).map((line) => JSON.parse(line))
        expect(lines.map(({ msg }) => msg)).to.include('not delivered')
        for (const line of lines) expect(line).to.not.have.any.keys('token', 'parcel', 'sealed')
      })
    }
  },
  { others },
)
