import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { approve, ask, askSupport, caseOf, day, hour, openDesk, why } from '../support/cases.ts'
import { enrol, givePassword, signIn } from '../support/journeys.ts'
import { atSecurity } from '../support/security.ts'
import { team } from '../support/team.ts'

attack('A clock that is set back', (rekey) => {
  // The present is never earlier than the moment at which the store was opened: MongoDB expires by its own clock.
  before(() => rekey.advance(10 * day))

  // Seen failing with `wake` and `dueCases` (recovery/events.ts) taking the time since the hold began without its sign.
  it('opens no hold early', async () => {
    const us = await team(rekey, { admins: 0 })
    const agent = await rekey.person({ supportAgent: true })
    const asked = await ask(rekey, us)
    await askSupport(asked.waiting)
    const { until } = (await caseOf(rekey, us.person)).hold!
    rekey.advance(-3 * day)
    await rekey.work()
    await asked.waiting.open(asked.waiting.shown.url)
    expect(asked.waiting.heading).to.equal('Security delay')
    rekey.advance(2 * day)
    await rekey.work()
    const { status, hold } = await caseOf(rekey, us.person)
    expect({ status, until: hold!.until }).to.deep.equal({ status: 'holding', until })
    rekey.advance(3 * day)
    const desk = await openDesk(rekey, agent, `/support/cases/${asked.id}`)
    await desk.press('Approve', { reason: why })
    expect(desk.heading).to.equal('Approved')
  })

  // Seen failing without `isAhead` and `Math.min` in `allowedFrom` (rules/throttle.ts).
  it('keeps nobody out who mistyped before', async () => {
    const person = await rekey.person()
    const wrong = { ...person, password: 'not the password' }
    for (let time = 0; time < 8; time += 1) await givePassword(rekey, wrong)
    rekey.advance(-5 * hour)
    const browser = await signIn(rekey, person)
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
    rekey.advance(5 * hour)
  })

  // Seen failing without `Math.max` in `withProof` (rules/attempt.ts), and with `validAfter` taken as it is in
  // `findAccount` (provider/claims.ts).
  it('keeps nobody out who was reset before', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    await approve(rekey, us, asked)
    rekey.advance(-5 * hour)
    const browser = await givePassword(rekey, us.person)
    expect(browser.heading).to.equal('Set up your new device')
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    const { tokens, claims } = await rekey.rp.finish(browser)
    expect(claims.sub).to.equal(us.person.id)
    const info = await fetch(`${rekey.issuer}/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(info.status).to.equal(200)
    rekey.advance(5 * hour)
  })

  // Seen failing without `end_sessions` in `completion` (rules/case-effects.ts).
  it('brings nothing back that a reset has ended', async () => {
    const us = await team(rekey)
    const thief = await signIn(rekey, us.person)
    const { tokens } = await rekey.rp.finish(thief)
    const begun = await givePassword(rekey, us.person)
    await approve(rekey, us, await ask(rekey, us))
    rekey.advance(-5 * hour)
    await rekey.rp.start(thief, { prompt: 'none' })
    expect(await rekey.rp.refusal(thief)).to.equal('login_required')
    const info = await fetch(`${rekey.issuer}/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(info.status).to.equal(401)
    await begun.open(begun.shown.url)
    expect(begun.heading).to.equal('Sign in')
    rekey.advance(5 * hour)
  })

  // Seen failing without `signedInAhead` in `withChecks` (provider/policy.ts).
  it('makes no sign-in of then a fresh one', async () => {
    rekey.advance(5 * hour)
    const person = await rekey.person()
    const browser = await signIn(rekey, person)
    await rekey.rp.finish(browser)
    rekey.advance(-5 * hour)
    const asked: { [parameter: string]: string }[] = [{}, { max_age: '60' }, { action: 'manage_factors' }]
    for (const more of asked) {
      await rekey.rp.start(browser, { prompt: 'none', ...more })
      expect(await rekey.rp.refusal(browser), JSON.stringify(more)).to.equal('login_required')
    }
    await rekey.rp.start(browser)
    expect(browser.heading).to.equal('Sign in')
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Use a backup code')
    await browser.press('Verify', { code: person.backupCodes[0]! })
    await browser.press('Continue')
    const { claims } = await rekey.rp.finish(browser)
    expect(Number(claims.auth_time) * 1000).to.be.at.most(rekey.now())
    await rekey.rp.start(browser, { prompt: 'none', max_age: '60' })
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
    rekey.advance(5 * hour)
  })

  // Seen failing without `isAhead` in `satisfies` (interactions/console/session.ts).
  it('keeps no page open for changes that was signed in to then', async () => {
    const person = await rekey.person()
    await signIn(rekey, person)
    const browser = await atSecurity(rekey, person)
    rekey.advance(-5 * hour)
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.heading).to.equal('Sign in')
    rekey.advance(5 * hour)
  })

  // Seen failing with `validAfter` taken as it is in `signedInAt` (interactions/sign-in/finish.ts), and in `stillStands`
  // (interactions/console/session.ts).
  it('lets whoever was reset then see to their account now, and knows them at the next app', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    await approve(rekey, us, asked)
    rekey.advance(-5 * hour)
    const browser = await givePassword(rekey, us.person)
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    await rekey.rp.finish(browser)
    await rekey.rp.start(browser, { prompt: 'none' })
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(us.person.id)
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.heading).to.equal('Security')
    rekey.advance(5 * hour)
  })

  // Seen failing without `isAhead` in `isTrusted` (rules/browsers.ts).
  it('lets no browser go on being trusted that was trusted then', async () => {
    rekey.advance(400 * day)
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', { code: rekey.code(person), trust: 'yes' })
    await rekey.rp.finish(browser)
    rekey.advance(-300 * day)
    await givePassword(rekey, person, {}, browser)
    expect(browser.heading).to.equal('Enter your code')
    rekey.advance(300 * day)
  })
})
