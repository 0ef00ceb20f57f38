import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { askForReset, mailsTo } from '../support/journeys.ts'
import type { Person, Rekey } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

/** A super admin at a page of the administration, freshly signed in. */
const at = async (rekey: Rekey, admin: Person, path: string, browser = new Browser()): Promise<Browser> => {
  await browser.open(`${rekey.issuer}/administration/${path}`)
  return signInThere(rekey, admin, browser)
}

const codeIn = (text: string): string => /\b\d{6}\b/.exec(text)![0]

story('Requests of an organization', (rekey) => {
  const team = async (policy = {}) => {
    const organization = await rekey.organization('Hanami', policy)
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const other = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const member = await rekey.person({ memberships: [{ organization }] })
    return { organization, admin, other, member }
  }
  const codeOf = async (person: Person) => codeIn((await mailsTo(rekey, person.email)).at(-1)!.text)
  const caseOf = async (person: Person) => (await rekey.store.cases.find('account', person.id)).at(-1)!

  it('are found and decided without the mail, with time left and the approvals so far', async () => {
    const { organization, admin, member } = await team()
    await askForReset(rekey, member)
    const browser = await at(rekey, admin, `${organization}/requests`)
    expect(browser.words).to.include(member.name).and.include('Yours to decide').and.include('72 hours')
    await browser.follow(member.name)
    expect(browser.words).to.include('Never accept')
    await browser.follow('Decide')
    const code = await codeOf(member)
    await browser.press('Approve', { code, reason: 'I called her.' })
    expect((await caseOf(member)).status).to.equal('completed')
    await browser.open(`${rekey.issuer}/administration/${organization}/requests`)
    expect(browser.words).to.include('No request is open').and.include('Done')
    await browser.follow(member.name)
    expect(browser.words).to.include('I called her.').and.include(admin.name)
    expect(browser.words).not.to.include('Never accept')
  })

  it('come with those of the reader first, and say why the others are not theirs', async () => {
    const { organization, admin, member } = await team()
    const second = await rekey.person({ name: 'Zoe Last', memberships: [{ organization }] })
    await askForReset(rekey, member)
    await askForReset(rekey, second)
    await rekey.store.cases.update((await caseOf(member)).id, (current) => [
      { ...current!, approvers: [] },
      undefined,
    ])
    const browser = await at(rekey, admin, `${organization}/requests`)
    expect(browser.words.indexOf(second.name)).to.be.below(browser.words.indexOf(member.name))
    expect(browser.words).to.include('Other super admins were asked')
  })

  it('are nobody else’s: not a member’s, nor a super admin’s elsewhere, whatever ids they try', async () => {
    const here = await team()
    const elsewhere = await team()
    await askForReset(rekey, here.member)
    const { id } = await caseOf(here.member)
    for (const path of ['', `/${id}`, `/${id}/decide`]) {
      const stranger = await at(rekey, elsewhere.admin, `${here.organization}/requests${path}`)
      expect(stranger.shown.status).to.equal(403)
    }
    const own = await at(rekey, elsewhere.admin, `${elsewhere.organization}/requests/${id}`)
    expect(own.shown.status).to.equal(404)
    const { organization } = here
    const member = await rekey.person({ memberships: [{ organization }] })
    expect((await at(rekey, member, `${organization}/requests`)).shown.status).to.equal(403)
  })

  it('are begun for someone who called: the person is mailed the code, and can stop it', async () => {
    const { organization, admin, member } = await team()
    const browser = await at(rekey, admin, `${organization}/members/${member.id}/reset`)
    await browser.press('Reset authentication device', { reason: 'She called from the train.' })
    expect(browser.said).to.include('Speak with the person first')
    expect(browser.shown.document.querySelector('#reason')!.text).to.include('She called from the train.')
    await browser.press('Reset authentication device', { spoken: 'yes', reason: 'She called.' })
    expect(browser.words).to.include(member.name).and.include('She called.')
    const mail = (await mailsTo(rekey, member.email)).at(-1)!
    expect(mail.text).to.include(admin.name).and.include('/recovery/disavow/')
    expect((await rekey.account(member)).factors).to.have.length(1)
    await browser.follow('Decide')
    await browser.press('Approve', { code: codeIn(mail.text), reason: 'Knew the voice.' })
    expect((await rekey.account(member)).factors).to.have.length(0)
    const [entry] = (await rekey.store.audit.find('subject', member.id)).filter(
      ({ event }) => event === 'recovery.awaiting_admin',
    )
    expect(entry!.actor).to.equal(admin.id)
    expect(entry!.detail).to.include({ begun: 'super_admin', reason: 'She called.' })
  })

  it('that are begun where two pairs of eyes are wanted are approved by somebody else', async () => {
    const { organization, admin, other, member } = await team({ approvals: 2 })
    const browser = await at(rekey, admin, `${organization}/members/${member.id}/reset`)
    expect(browser.words).to.include('two pairs of eyes')
    await browser.press('Reset authentication device', { spoken: 'yes', reason: 'She called.' })
    expect(browser.words).to.include('Other super admins were asked')
    const one = await caseOf(member)
    await browser.open(`${rekey.issuer}/administration/${organization}/requests/${one.id}/decide`)
    expect(browser.shown.status).to.equal(403)
    const second = await at(rekey, other, `${organization}/requests/${one.id}/decide`)
    await second.press('Approve', { code: await codeOf(member), reason: 'Called her too.' })
    expect((await caseOf(member)).status).to.equal('completed')
  })

  it('may end in a one-time pass of the help desk', async () => {
    const { organization, admin, member } = await team()
    const browser = await at(rekey, admin, `${organization}/members/${member.id}/reset`)
    await browser.press('Reset authentication device', { spoken: 'yes', reason: 'She called.' })
    await browser.follow('Decide')
    const code = await codeOf(member)
    await browser.press('Approve', { code, reason: 'Knew her.', outcome: 'pass', delivery: 'show' })
    expect(browser.words).to.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/)
    expect((await rekey.account(member)).factors).to.have.length(1)
  })

  it('can’t be begun for oneself, for somebody of another organization, or twice', async () => {
    const { organization, admin, member } = await team()
    const elsewhere = await rekey.organization('Older')
    const guest = await rekey.person({
      memberships: [{ organization: elsewhere, since: 1 }, { organization }],
    })
    const begin = async (person: Person) => {
      const browser = await at(rekey, admin, `${organization}/members/${person.id}/reset`)
      await browser.press('Reset authentication device', { spoken: 'yes', reason: 'Called.' })
      return browser.said
    }
    expect(await begin(admin)).to.include('for yourself')
    expect(await begin(guest)).to.include('Another organization')
    expect(await begin(member)).to.equal('')
    expect(await begin(member)).to.include('open for this person already')
  })
})
