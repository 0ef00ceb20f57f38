import { expect } from 'chai'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { askForReset, codeIn, enrol, linkIn, mailsTo, openApproval } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { insisting } from '../support/relying-app.ts'
import { showPhotoId, simulator } from '../support/simulator.ts'
import { story } from '../support/story.ts'

const hour = 3_600_000

story(
  'Photo ID as a way back in',
  (rekey) => {
    /** The only super admin of an organization, who waits for a way back in. */
    const soleAdmin = async (policy = {}, name?: string): Promise<{ person: Person; browser: Browser }> => {
      const organization = await rekey.organization('Nordlys', policy)
      const person = await rekey.person({
        ...(name === undefined ? {} : { name }),
        memberships: [{ organization, role: 'super_admin' }],
      })
      return { person, browser: await askForReset(rekey, person, insisting) }
    }
    const caseOf = async (person: Person) => (await rekey.store.cases.find('account', person.id)).at(-1)!
    const callbackOf = (browser: Browser): string =>
      browser.trail.find((url) => url.includes('/recovery/identity/callback'))!

    it('lets the only super admin back in, and the app sees multi-factor after enrolment', async () => {
      const { person, browser } = await soleAdmin()
      expect(browser.heading).to.equal('Choose how to continue')
      await showPhotoId(browser, 'Approve as the right person')
      expect(browser.heading).to.equal('Set up your new device')
      expect(browser.said).to.include('Your identity was verified.')
      await enrol(rekey, browser)
      await browser.press('Continue', { saved: 'yes' })
      expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
      const { status, route, verification } = await caseOf(person)
      expect({ status, route }).to.deep.equal({ status: 'completed', route: 'identity' })
      expect(verification!.reference).to.have.length.above(10)
    })

    it('tells the person of every step, each time with a way to stop it', async () => {
      const { person, browser } = await soleAdmin({ holdAfterApprovalHours: 2 })
      await showPhotoId(browser, 'Approve as the right person')
      const mails = await mailsTo(rekey, person.email)
      expect(mails.map((mail) => mail.subject)).to.deep.equal([
        'You asked to reset your authentication device',
        'You asked to reset your authentication device',
        'The reset of your authentication device was approved',
        'Your identity was verified',
      ])
      for (const mail of mails) expect(linkIn(mail.text, '/recovery/disavow/')).to.be.a('string')
      expect(mails[0]!.text).to.include('Choose how to continue, with a photo ID')
      expect(mails[1]!.text).to.include('You chose to verify with a photo ID')
    })

    it('waits for the hold of the policy', async () => {
      const { person, browser } = await soleAdmin({ holdAfterApprovalHours: 2 })
      await showPhotoId(browser, 'Approve as the right person')
      expect(browser.heading).to.equal('Approved')
      expect((await rekey.account(person)).factors).to.have.length(1)
      rekey.advance(2 * hour)
      await rekey.work()
      expect((await rekey.account(person)).factors).to.have.length(0)
    })

    it('stores a reference, the outcome and the time, and nothing that was read from the document', async () => {
      const { person, browser } = await soleAdmin({}, 'Quirina Zaubermann')
      await showPhotoId(browser, 'Approve as the right person')
      const runs = await rekey.store.proofings.find('account', person.id)
      expect(runs).to.have.length(1)
      expect(runs[0]).to.have.all.keys(
        'id purpose account case attempt browser until outcome createdAt expiresAt effects'.split(' '),
      )
      expect(runs[0]!.effects).to.deep.equal([])
      expect(runs[0]!.outcome).to.have.all.keys('ok', 'reference', 'at')
      const entries = await rekey.store.audit.find('subject', person.id)
      expect(entries.map((entry) => entry.event)).to.include.members(['identity.begun', 'identity.verified'])
      expect(JSON.stringify([runs, entries, await caseOf(person)])).not.to.include('Zaubermann')
      const dump = await rekey.dump()
      expect(dump).not.to.include('verified_claims')
    })

    const failures: [choice: string, words: string, reason: string][] = [
      [
        'Approve as someone else',
        "The document doesn't belong to the person of this account.",
        'wrong_subject',
      ],
      ['Fail the check', 'The identity check did not succeed. You can try again.', 'CLAIMS_NOT_VERIFIED'],
      [
        'Approve with evidence from yesterday',
        'The document was checked too long ago. Show it again.',
        'stale_evidence',
      ],
      ['Turn back', 'The identity check was broken off. Nothing has changed; you can try again.', 'refused'],
    ]
    for (const [choice, words, reason] of failures) {
      it(`${choice.toLowerCase()}: leaves the case where it was, says why, and can be tried again`, async () => {
        const { person, browser } = await soleAdmin()
        await showPhotoId(browser, choice)
        expect(browser.heading).to.equal('Verify with photo ID')
        expect(browser.said).to.include(words)
        expect((await caseOf(person)).status).to.equal('awaiting_identity')
        expect((await rekey.account(person)).factors).to.have.length(1)
        const entries = await rekey.store.audit.find('subject', person.id)
        expect(entries.find((entry) => entry.event === 'identity.failed')!.detail).to.deep.equal({ reason })
        await showPhotoId(browser, 'Approve as the right person')
        expect(browser.heading).to.equal('Set up your new device')
      })
    }

    it('an answer after its time: leaves the case where it was', async () => {
      const { person, browser } = await soleAdmin()
      await browser.press('Verify with photo ID')
      rekey.advance(31 * 60_000)
      await browser.press('Approve as the right person')
      expect(browser.said).to.include('The identity check took too long.')
      expect((await caseOf(person)).status).to.equal('awaiting_identity')
    })

    it('a check that is left: the waiting page is as it was, and the check can begin again', async () => {
      const { browser } = await soleAdmin()
      const waiting = browser.shown.url
      await browser.press('Verify with photo ID')
      await browser.open(waiting)
      expect(browser.heading).to.equal('Verify with photo ID')
      await showPhotoId(browser, 'Approve as the right person')
      expect(browser.heading).to.equal('Set up your new device')
    })

    it('takes an answer once: the same callback again changes nothing', async () => {
      const { person, browser } = await soleAdmin({ holdAfterApprovalHours: 2 })
      await showPhotoId(browser, 'Approve as the right person')
      const { history } = await caseOf(person)
      await browser.open(callbackOf(browser))
      expect(browser.heading).to.equal('Approved')
      const stranger = new Browser()
      await stranger.open(callbackOf(browser))
      expect(stranger.shown.status).to.equal(400)
      expect((await caseOf(person)).history).to.deep.equal(history)
    })

    it('takes no answer to a question nobody asked', async () => {
      const browser = new Browser()
      await browser.open(`${rekey.issuer}/recovery/identity/callback?code=x&state=y`)
      expect(browser.shown.status).to.equal(400)
      expect(browser.said).to.include('belongs to no request that we know')
    })

    describe('on another device', () => {
      /** Begins in one browser; the provider's page is opened in another, as a phone would. */
      const onPhone = async (choice: string) => {
        const { person, browser } = await soleAdmin()
        await browser.press('Verify with photo ID')
        // The provider hands over to the phone, which comes back to us without any cookie of ours.
        await browser.press(choice, {}, { stopAt: `${rekey.issuer}/recovery/identity/callback` })
        const phone = new Browser({ 'user-agent': 'Mozilla/5.0 (iPhone) Safari' })
        await phone.open(browser.shown.url)
        return { person, browser, phone }
      }

      it('moves the case on only after a look at whose request it is', async () => {
        const { person, phone } = await onPhone('Approve as the right person')
        expect(phone.heading).to.equal('Is this your request?')
        expect(phone.words).to.include(person.email).and.include('Firefox on Linux')
        expect((await caseOf(person)).status).to.equal('awaiting_identity')
        await phone.press('Yes, continue')
        expect(phone.words).to.include('Go back to the browser in which you began.')
        expect((await caseOf(person)).status).to.equal('completed')
      })

      it('signs nobody in there', async () => {
        const { phone, browser } = await onPhone('Approve as the right person')
        await phone.press('Yes, continue')
        await rekey.rp.start(phone)
        expect(phone.heading).to.equal('Sign in')
        const link = (await browser.jar.getCookies(rekey.issuer)).length
        expect(link).to.be.above(0)
      })

      it('can say that it was someone else: the case ends, and the password too', async () => {
        const { person, phone } = await onPhone('Approve as the right person')
        await phone.press("This wasn't me")
        expect(phone.heading).to.equal('Stopped')
        expect((await caseOf(person)).status).to.equal('disavowed')
        expect((await rekey.account(person)).passwordExpired).to.equal('disavowed')
      })

      it('says why it failed, and the browser that waits does too', async () => {
        const { phone, person } = await onPhone('Approve as someone else')
        expect(phone.heading).to.equal('Identity check')
        expect(phone.said).to.include("doesn't belong to the person")
        expect((await caseOf(person)).status).to.equal('awaiting_identity')
      })
    })

    describe('where the organization prefers it', () => {
      const preferring = async (policy = {}) => {
        const organization = await rekey.organization('Hanami', { preferIdentity: true, ...policy })
        const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
        const person = await rekey.person({ memberships: [{ organization }] })
        return { admin, person, browser: await askForReset(rekey, person) }
      }

      it('is offered before a super admin is asked, and the super admins hear of it afterwards', async () => {
        const { admin, person, browser } = await preferring()
        expect(await mailsTo(rekey, admin.email)).to.deep.equal([])
        await showPhotoId(browser, 'Approve as the right person')
        expect(browser.heading).to.equal('Set up your new device')
        const [told] = await mailsTo(rekey, admin.email)
        expect(told!.subject).to.equal(`${person.name} verified with a photo ID`)
      })

      it('a super admin can be asked instead', async () => {
        const { admin, person, browser } = await preferring()
        await browser.press('Ask a super admin instead')
        expect(browser.heading).to.equal('Waiting for a super admin')
        const mails = await mailsTo(rekey, person.email)
        const [request] = await mailsTo(rekey, admin.email)
        const approver = await openApproval(rekey, admin, linkIn(request!.text, '/recovery/approve/'))
        const code = codeIn(mails.at(-1)!.text)
        await approver.press('Approve', { code, reason: 'Called, and knew the voice.' })
        expect((await caseOf(person)).status).to.equal('completed')
      })

      it('a super admin who was asked hears that it is not needed any more', async () => {
        const { admin, person, browser } = await preferring()
        await browser.press('Ask a super admin instead')
        await showPhotoId(browser, 'Turn back')
        const subjects = (await mailsTo(rekey, admin.email)).map((mail) => mail.subject)
        expect(subjects).to.deep.equal([
          `${person.name} asks you to reset an authentication device`,
          `No decision needed: ${person.name}'s request has ended`,
        ])
      })
    })

    it('is not offered where another super admin can decide, or the organization has switched it off', async () => {
      const organization = await rekey.organization('Hanami')
      await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
      const person = await rekey.person({ memberships: [{ organization }] })
      expect((await askForReset(rekey, person)).words).not.to.include('photo ID')
      const { browser } = await soleAdmin({ routesOff: ['identity'] })
      expect(browser.words).not.to.include('photo ID')
    })

    it('sends two people of the same name to support, unless birth dates tell them apart', async () => {
      const organization = await rekey.organization('Twins')
      const role = 'super_admin'
      const [one, other] = [
        await rekey.person({ name: 'Kim Lee', birthDate: null, memberships: [{ organization, role }] }),
        await rekey.person({
          name: 'Lee  KIM',
          birthDate: null,
          memberships: [{ organization }],
          status: 'deactivated',
        }),
      ]
      const browser = await askForReset(rekey, one)
      await showPhotoId(browser, 'Approve as the right person')
      expect(browser.said).to.include('someone else in your organization has the same name')
      expect((await caseOf(one)).status).to.equal('awaiting_identity')
      for (const [{ id }, birthDate] of [
        [one, '1990-02-03'],
        [other, '1988-11-30'],
      ] as const)
        await rekey.store.people.update(id, (current) => [{ ...current!, birthDate }, undefined])
      await showPhotoId(browser, 'Approve as the right person')
      expect(browser.heading).to.equal('Set up your new device')
    })

    it('takes a birth date that differs from the known one for someone else', async () => {
      const { person, browser } = await soleAdmin()
      const born = (birthDate: string) =>
        rekey.store.people.update(person.id, (current) => [{ ...current!, birthDate }, undefined])
      await born('1990-02-03')
      await browser.press('Verify with photo ID')
      const stopAt = `${rekey.issuer}/recovery/identity/callback`
      await browser.press('Approve as the right person', {}, { stopAt })
      await born('1990-02-04')
      await browser.open(browser.shown.url)
      expect(browser.said).to.include("The document doesn't belong to the person of this account.")
      expect((await caseOf(person)).status).to.equal('awaiting_identity')
    })

    it('ends after eight checks a day', async () => {
      const { browser } = await soleAdmin()
      for (let tries = 0; tries < 8; tries += 1) await showPhotoId(browser, 'Fail the check')
      await browser.press('Verify with photo ID')
      expect(browser.said).to.include('Too many identity checks for today.')
    })

    it('goes back to the sign-in of a case that ended meanwhile, with nothing reset', async () => {
      const { person, browser } = await soleAdmin()
      await browser.press('Verify with photo ID')
      const [, mail] = await mailsTo(rekey, person.email)
      const owner = new Browser()
      await owner.open(linkIn(mail!.text, '/recovery/disavow/'))
      await owner.press("This wasn't me")
      await browser.press('Approve as the right person')
      expect((await caseOf(person)).status).to.equal('disavowed')
      expect((await rekey.account(person)).factors).to.have.length(1)
    })

    it('enrolled beforehand, must be the same person at the provider', async () => {
      const { person, browser } = await soleAdmin()
      const proofing = { subject: 'someone', issuer: rekey.app.services.proofing!.issuer, at: rekey.now() }
      await rekey.store.protections.update(person.id, (current) => [{ ...current!, proofing }, undefined])
      await showPhotoId(browser, 'Approve as the right person')
      expect(browser.said).to.include("The document doesn't belong to the person of this account.")
      expect((await caseOf(person)).status).to.equal('awaiting_identity')
    })

    it('is enrolled from /security/identity, and then good for a way back in', async () => {
      const organization = await rekey.organization('Nordlys')
      const person = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
      const browser = new Browser()
      await browser.open(`${rekey.issuer}/security/identity`)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) })
      await showPhotoId(browser, 'Approve as someone else')
      expect(browser.said).to.include("doesn't belong")
      expect((await rekey.account(person)).proofing).to.equal(undefined)
      await showPhotoId(browser, 'Approve as the right person')
      expect(browser.said).to.include('Your identity is enrolled.')
      expect((await rekey.account(person)).proofing!.subject).to.match(/^sim-/)
      expect((await mailsTo(rekey, person.email)).at(-1)!.subject).to.equal('Your identity was enrolled')
      const lost = await askForReset(rekey, person)
      await showPhotoId(lost, 'Approve as the right person')
      expect(lost.heading).to.equal('Set up your new device')
    })

    it('can be enrolled no more once it was removed', async () => {
      const person = await rekey.person()
      const browser = new Browser()
      await browser.open(`${rekey.issuer}/security/identity`)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) })
      await showPhotoId(browser, 'Approve as the right person')
      await browser.press('Remove the enrolment')
      expect(browser.said).to.include('Your enrolment is removed.')
      expect((await rekey.account(person)).proofing).to.equal(undefined)
    })

    it('is shown in Japanese to who reads Japanese', async () => {
      const organization = await rekey.organization('Nordlys')
      const person = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
      const browser = new Browser({ 'accept-language': 'ja' })
      await rekey.rp.start(browser)
      await browser.press('サインイン', { email: person.email, password: person.password })
      await browser.press('認証デバイスをリセットする')
      await browser.press('申請を送信する')
      expect(browser.words).to.include('写真付き身分証でご本人であることを示すか')
      await browser.press('写真付き身分証で確認する')
      expect(browser.heading).to.equal('本人確認（シミュレーター）')
      await browser.press('別人として承認する')
      expect(browser.said).to.include('身分証がこのアカウントの本人のものではありません。')
    })
  },
  { proofing: simulator() },
)
