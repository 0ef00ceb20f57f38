import { expect } from 'chai'
import * as oidc from 'openid-client'
import { Browser } from '../support/browser.ts'
import { getReset, requestReset, signIn } from '../support/journeys.ts'
import { embedded, type Person } from '../support/rekey.ts'
import type { RelyingApp } from '../support/relying-app.ts'
import { type Scene, story } from '../support/story.ts'
import { team } from '../support/team.ts'

const hour = 3_600_000
const day = 24 * hour

type Us = Awaited<ReturnType<typeof team>>

/** What ends everything a person is signed in to, beside a reset. */
function deeds(rekey: Scene): { [deed: string]: (us: Us) => Promise<void> } {
  const byAdmin =
    (button: string) =>
    async ({ organization, person, admin }: Us) => {
      const browser = new Browser()
      await browser.open(`${rekey.issuer}/administration/${organization}/members/${person.id}`)
      await browser.press('Sign in', { email: admin.email, password: admin.password })
      await browser.press('Verify', { code: rekey.code(admin) })
      await browser.press(button, { reason: 'Left the company.' })
    }
  const disavowal = async ({ person, admin }: Us) => {
    const browser = new Browser()
    await browser.open((await requestReset(rekey, person, admin)).disavow)
    await browser.press("This wasn't me")
  }
  const ofOurPeople = { 'a deactivation': byAdmin('Deactivate'), 'a removal': byAdmin('Remove') }
  // A host deactivates and removes its people itself (test/plugin/use-cases.test.ts).
  return { 'a "this wasn\'t me"': disavowal, ...(embedded ? {} : ofOurPeople) }
}

story(
  'A reset reaches every app',
  (rekey) => {
    const signInAt = async (person: Person, ...apps: RelyingApp[]) => {
      for (const app of apps) {
        const browser = await signIn(rekey, person, {}, new Browser(), app)
        if (browser.heading === 'A quick check-up') await browser.press('Not now')
        await app.finish(browser)
      }
    }
    /** What an app was told of a person, each once. */
    const told = (app: RelyingApp, person: Person) =>
      app.loggedOut.filter(({ sub }) => sub === person.id).map(({ sid }) => typeof sid)
    const reset = async (person: Person, admin: Person) => {
      await getReset(rekey, person, admin)
      await rekey.work()
    }

    it('that the person signed in to with a session that is long gone, by the person alone', async () => {
      const { person, admin } = await team(rekey)
      await signInAt(person, rekey.rp)
      rekey.advance(25 * hour)
      await reset(person, admin)
      expect(told(rekey.rp, person)).to.deep.equal(['undefined'])
    })

    for (const [deed, done] of Object.entries(deeds(rekey)))
      it(`${deed} reaches it too, with a session that is long gone`, async () => {
        const us = await team(rekey)
        await signInAt(us.person, rekey.rp)
        rekey.advance(25 * hour)
        await done(us)
        await rekey.work()
        expect(told(rekey.rp, us.person)).to.deep.equal(['undefined'])
      })

    it('and by its session where that one lives, without saying it twice', async () => {
      const { person, admin } = await team(rekey)
      await signInAt(person, rekey.rp)
      await reset(person, admin)
      expect(told(rekey.rp, person)).to.deep.equal(['string'])
    })

    it('both where there are both', async () => {
      const { person, admin } = await team(rekey)
      await signInAt(person, rekey.rp)
      rekey.advance(2 * day)
      await signInAt(person, rekey.rp)
      await reset(person, admin)
      expect(told(rekey.rp, person)).to.have.members(['string', 'undefined'])
    })

    it('only for as long as the operator, or the app, wants it', async () => {
      const { person, admin } = await team(rekey)
      const { brief, long } = rekey.others
      await signInAt(person, rekey.rp, brief!, long!)
      // Until then each of them holds a grant.
      rekey.advance(15 * day)
      await reset(person, admin)
      expect([rekey.rp, brief!, long!].map((app) => told(app, person).length)).to.deep.equal([1, 0, 1])
    })

    it('an app that isn’t told any more is, while it holds a grant', async () => {
      const { person, admin } = await team(rekey)
      const { brief } = rekey.others
      const config = await brief!.config()
      const browser = await signIn(
        rekey,
        person,
        { scope: 'openid offline_access', prompt: 'consent' },
        new Browser(),
        brief!,
      )
      if (browser.shown.document.querySelector('button[name=decision]')) await browser.press('Allow')
      const { tokens } = await brief!.finish(browser)
      rekey.advance(3 * day)
      await oidc.refreshTokenGrant(config, tokens.refresh_token!)
      await reset(person, admin)
      expect(told(brief!, person)).to.deep.equal(['undefined'])
    })

    it('it is said again of a later reset only where they have signed in since', async () => {
      const { person, admin } = await team(rekey)
      await signInAt(person, rekey.rp)
      rekey.advance(25 * hour)
      await reset(person, admin)
      await rekey.app.services.effects.settleAll()
      expect(told(rekey.rp, person)).to.have.length(1)
      expect((await rekey.store.appSessions.find('account', person.id)).every(({ ended }) => ended)).to.equal(
        true,
      )
    })
  },
  { others: { brief: { logout_within_days: 0 }, long: { logout_within_days: 300 } } },
)
