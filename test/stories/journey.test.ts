import { expect } from 'chai'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import {
  askForReset,
  enrol,
  getReset,
  givePassword,
  linkIn,
  openApproval,
  signIn,
} from '../support/journeys.ts'
import { insisting } from '../support/relying-app.ts'
import { story } from '../support/story.ts'

story('The whole journey', (rekey) => {
  it('signs in with password and authenticator code, and the app sees multi-factor', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person, insisting)
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.sub).to.equal(person.id)
    expect(claims.acr).to.equal(acrMultiFactor)
    expect(claims.amr).to.have.members(['pwd', 'otp', 'mfa'])
    expect(claims.auth_time).to.be.closeTo(Math.floor(rekey.now() / 1000), 60)
  })

  it('leads a person without a factor through enrolment and backup codes', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person, insisting)
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
  })

  it('recovers from a lost phone by a super admin, and the app knows', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const before = await signIn(rekey, person)
    const old = await rekey.rp.finish(before)
    const logout = rekey.rp.nextLogout()

    const waiting = await getReset(rekey, person, admin, insisting)
    expect((await logout).sid).to.equal(old.claims.sid)

    await waiting.open(waiting.shown.url)
    await enrol(rekey, waiting)
    await waiting.press('Continue', { saved: 'yes' })
    expect((await rekey.rp.finish(waiting)).claims.acr).to.equal(acrMultiFactor)

    await rekey.rp.start(before, { prompt: 'none' })
    expect(await rekey.rp.refusal(before)).to.equal('login_required')
  })

  it('gives a lower acr to an app that asked for nothing', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const waiting = await getReset(rekey, person, admin)
    await waiting.open(waiting.shown.url)
    await waiting.press('Not now')
    const { claims } = await rekey.rp.finish(waiting)
    expect(claims.acr).to.equal(acrRecovered)
    expect(claims.amr).to.deep.equal(['pwd'])
  })

  it('ends a request that "This wasn\'t me" disavows, and asks for a new password', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    await askForReset(rekey, person)
    const mail = await rekey.mail.next(person.email, /./)
    const request = await rekey.mail.next(admin.email, /./)
    const owner = new Browser()
    await owner.open(linkIn(mail.text, '/recovery/disavow/'))
    await owner.press("This wasn't me")
    expect((await rekey.mail.next(admin.email, /./)).text).to.include(person.name)
    const approver = await openApproval(rekey, admin, linkIn(request.text, '/recovery/approve/'))
    expect(approver.words).to.include('not made by them')
    const again = await signIn(rekey, person)
    await again.press('Save password', { password: 'a whole new sentence' })
    expect((await rekey.rp.finish(again)).claims.acr).to.equal(acrMultiFactor)
  })
})
