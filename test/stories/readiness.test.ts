import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { mailsTo } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

story('How prepared an organization is', (rekey) => {
  const at = async (person: Person, path: string, browser = new Browser()) => {
    await browser.open(`${rekey.issuer}${path}`)
    return signInThere(rekey, person, browser)
  }
  const scoreOn = (browser: Browser) => Number(/(\d+) of 100/.exec(browser.words)![1])

  it('is a score that goes up as it is mended, with what to mend first', async () => {
    const organization = await rekey.organization('Hanami')
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    await rekey.person({ name: 'Bare Person', bare: true, memberships: [{ organization }] })
    const browser = await at(admin, `/administration/${organization}/readiness`)
    expect(browser.words).to.include('There is one super admin').and.include('Bare Person')
    expect(browser.words).to.include('No second factor')
    const before = scoreOn(browser)
    await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    await browser.open(`${rekey.issuer}/administration/${organization}/readiness`)
    expect(browser.words).not.to.include('There is one super admin')
    expect(scoreOn(browser)).to.be.above(before)
  })

  it('shows for each person what would happen if their phone were lost now, as a picture and in words', async () => {
    const organization = await rekey.organization('Hanami')
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const member = await rekey.person({ memberships: [{ organization }] })
    const browser = await at(admin, `/administration/${organization}/members/${member.id}/readiness`)
    expect(browser.shown.document.querySelectorAll('svg.picture[role=img]')).to.have.length(1)
    expect(browser.words).to.include('Backup code').and.include(admin.name).and.include('48 hours')
    expect(browser.words).to.include('One method only')
  })

  it('counts whoever lacks something in the whole organization, and leads to them', async () => {
    const organization = await rekey.organization('Hanami')
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    for (const name of ['Bare Mika', 'Bare Sora'])
      await rekey.person({ name, bare: true, memberships: [{ organization }] })
    const browser = await at(admin, `/administration/${organization}/readiness`)
    expect(browser.words).to.include('No second factor · 2')
    await browser.follow('No second factor')
    expect(browser.words).to.include('Bare Mika').and.include('Bare Sora').and.not.include(admin.email)
  })

  it('knows nothing of people elsewhere', async () => {
    const organization = await rekey.organization('Hanami')
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const stranger = await rekey.person({
      memberships: [{ organization: await rekey.organization('Other') }],
    })
    const browser = await at(admin, `/administration/${organization}/members/${stranger.id}/readiness`)
    expect(browser.shown.status).to.equal(404)
  })

  it('is tried by a drill: the others are mailed, and how soon they answer is kept', async () => {
    const organization = await rekey.organization('Hanami')
    const path = `/administration/${organization}/readiness`
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const other = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const browser = await at(admin, path)
    await browser.press('Start a drill')
    expect(browser.said).to.include('The drill has begun')
    const mail = (await mailsTo(rekey, other.email)).at(-1)!
    expect(mail.subject).to.include('Test:')
    expect(mail.text).to.include(`Answer the drill: ${rekey.issuer}${path}`)
    rekey.advance(20 * 60_000)
    const answering = await at(other, path)
    await answering.press('Answer the drill')
    expect(answering.said).to.include('counted')
    expect(answering.words).to.include('1 of 1 answered').and.include('could have been approved after')
    expect(answering.shown.document.querySelector('[value=answer]')).to.equal(null)
    await browser.press('Start a drill')
    await signInThere(rekey, admin, browser)
    await browser.press('Start a drill')
    expect(browser.said).to.include('less than a day ago')
  })
})
