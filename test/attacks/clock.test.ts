import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { approve, ask, askSupport, caseOf, day, hour, openDesk, why } from '../support/cases.ts'
import { enrol, givePassword, signIn } from '../support/journeys.ts'
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
})
