import { expect } from 'chai'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { attack } from '../support/attack.ts'
import { approve, ask, askSupport, day, issuePass, openDesk, why } from '../support/cases.ts'
import { enrol } from '../support/journeys.ts'
import { insisting } from '../support/relying-app.ts'
import { team } from '../support/team.ts'

const wanted = { ...insisting, scope: 'openid email', ui_locales: 'en' }

// ory/network#222, kratos#2832. `finish` of the app checks state, nonce and redirect_uri.
attack('The request of an app', (rekey) => {
  // Seen failing without `keep` in `completion` (rules/case-effects.ts).
  it('arrives after a reset by a super admin', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us, wanted)
    await approve(rekey, us, asked)
    await asked.waiting.open(asked.waiting.shown.url)
    await enrol(rekey, asked.waiting)
    await asked.waiting.press('Continue', { saved: 'yes' })
    const { claims, tokens } = await rekey.rp.finish(asked.waiting)
    expect(claims.acr).to.equal(acrMultiFactor)
    expect(tokens.scope).to.equal('openid email')
  })

  // Seen failing as the one before, and with interactions that live for an hour (`lifetimes` in
  // provider/configuration.ts).
  it('arrives after days of waiting for the support', async () => {
    const us = await team(rekey, { admins: 0 })
    const agent = await rekey.person({ supportAgent: true })
    const asked = await ask(rekey, us, { scope: 'openid email' })
    await askSupport(asked.waiting)
    rekey.advance(10 * day)
    const desk = await openDesk(rekey, agent, `/support/cases/${asked.id}`)
    await desk.press('Approve', { reason: why })
    await asked.waiting.open(asked.waiting.shown.url)
    await asked.waiting.press('Not now')
    const { claims, tokens } = await rekey.rp.finish(asked.waiting)
    expect(claims.acr).to.equal(acrRecovered)
    expect(tokens.scope).to.equal('openid email')
  })

  // Seen failing without `keep` in `endEffects` (account/bind.ts).
  it('arrives after a one-time pass', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us, wanted)
    const pass = await issuePass(rekey, us, asked)
    await asked.waiting.open(asked.waiting.shown.url)
    await asked.waiting.press('Verify', { code: pass })
    await enrol(rekey, asked.waiting)
    await asked.waiting.press('Continue', { saved: 'yes' })
    expect((await rekey.rp.finish(asked.waiting)).claims.acr).to.equal(acrMultiFactor)
  })

  // Seen failing with the interaction removed when `applyEvent` cancels its case (recovery/events.ts).
  it('arrives when the device is found again while the request waits', async () => {
    const us = await team(rekey)
    const { waiting } = await ask(rekey, us, wanted)
    await waiting.press('Cancel this request')
    await waiting.press('Back to sign-in')
    await waiting.press('Verify', { code: rekey.code(us.person) })
    expect((await rekey.rp.finish(waiting)).claims.acr).to.equal(acrMultiFactor)
  })
})
