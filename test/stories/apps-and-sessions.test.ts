import { expect } from 'chai'
import * as oidc from 'openid-client'
import { Browser } from '../support/browser.ts'
import { signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

story('What apps were granted, and who is signed in', (rekey) => {
  const open = async (person: Person, path: string) => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}${path}`)
    if (browser.heading === 'Sign in')
      await browser.press('Sign in', { email: person.email, password: person.password })
    if (browser.heading === 'Enter your code') await browser.press('Verify', { code: rekey.code(person) })
    return browser
  }
  const isActive = async (token: string) =>
    (await oidc.tokenIntrospection(await rekey.rp.config(), token)).active

  it('is listed on the security page, and taken back there: the app’s tokens end, and it is told', async () => {
    const person = await rekey.person()
    const { tokens } = await rekey.rp.finish(await signIn(rekey, person))
    const logout = rekey.rp.nextLogout()
    const browser = await open(person, '/security')
    expect(browser.words).to.include('Apps with access').and.to.include('Test App')
    await browser.press('Remove access')
    expect(browser.said).to.equal('The app has no access any more.')
    expect(browser.words).to.not.include('Apps with access')
    for (const token of [tokens.access_token, tokens.refresh_token!])
      expect(await isActive(token)).to.equal(false)
    expect((await logout).sid).to.be.a('string')
    const entries = await rekey.store.audit.find('subject', person.id)
    expect(entries.map(({ event }) => event)).to.include('app.revoked')
  })

  it('of one person says nothing of another’s', async () => {
    const [one, other] = [await rekey.person(), await rekey.person()]
    const { tokens } = await rekey.rp.finish(await signIn(rekey, one))
    const browser = await open(other, '/security')
    expect(browser.words).to.not.include('Apps with access')
    const form = browser.form('Forget this device').body.get('form') ?? ''
    await browser.send('/security/apps', new URLSearchParams({ form, app: 'app' }))
    expect(await isActive(tokens.access_token)).to.equal(true)
  })

  it('can be ended for a member by a super admin, who says why; the member can sign in again', async () => {
    const { organization, person, admin } = await team(rekey)
    const { tokens } = await rekey.rp.finish(await signIn(rekey, person))
    const browser = await open(admin, `/administration/${organization}/members/${person.id}`)
    await browser.press('Sign out everywhere', { reason: 'Laptop was stolen.' })
    expect(browser.heading).to.equal('Signed out')
    expect(await isActive(tokens.access_token)).to.equal(false)
    const told = await rekey.mail.next(person.email, /^You were signed out everywhere$/)
    expect(told.text).to.include('Laptop was stolen.')
    expect((await rekey.rp.finish(await signIn(rekey, person))).claims.sub).to.equal(person.id)
  })

  it('is not ended by a super admin of another organization', async () => {
    const { person } = await team(rekey)
    const { organization, admin } = await team(rekey)
    const browser = await open(admin, `/administration/${organization}/members/${person.id}`)
    expect(browser.shown.status).to.equal(404)
  })
})
