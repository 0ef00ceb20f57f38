import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

story('The page of the log', (rekey) => {
  const at = async (person: Person, path: string) => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}${path}`)
    return signInThere(rekey, person, browser)
  }
  const team = async () => {
    const organization = await rekey.organization('Hanami')
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const member = await rekey.person({ memberships: [{ organization }] })
    return { organization, admin, member, path: `/administration/${organization}/audit` }
  }
  /** What a form of the page would bring, as text. */
  const file = async (browser: Browser, button: string) => {
    await browser.press(button)
    return { type: browser.shown.headers.get('content-type') ?? '', text: browser.shown.text }
  }

  it('says in words what happened to the members, and nothing of anybody else', async () => {
    const { admin, member, path } = await team()
    const stranger = await rekey.person()
    for (const person of [member, stranger]) await signIn(rekey, person)
    const browser = await at(admin, path)
    expect(browser.words).to.include(member.name).and.include('Signed in')
    expect(browser.words).not.to.include(stranger.name).and.not.include('sign_in.succeeded')
    await browser.open(`${rekey.issuer}${path}?person=${stranger.id}`)
    expect(browser.words).to.include('Nothing was found')
  })

  it('shows nothing of a time before somebody joined, nor of requests that others decide', async () => {
    const { admin, member, path, organization } = await team()
    await signIn(rekey, member)
    await rekey.store.memberships.update(`${organization}:${member.id}`, (current) => [
      { ...current!, since: rekey.now() + 86_400_000 },
      undefined,
    ])
    const browser = await at(admin, `${path}?person=${encodeURIComponent(member.email)}`)
    expect(browser.words).to.include('Nothing was found')
  })

  it('is filtered by person, by who did it, by event, by case and by time', async () => {
    const { admin, member, path } = await team()
    await signIn(rekey, member)
    const browser = await at(admin, path)
    await browser.press('Show', { person: member.email, event: 'sign_in.succeeded' })
    expect(browser.words).to.include(member.name)
    const rows = () => browser.shown.document.querySelectorAll('table tbody tr')
    expect(rows().every((row) => row.text.includes('Signed in'))).to.equal(true)
    await browser.press('Show', { event: 'factor.removed', person: member.email })
    expect(rows()).to.have.length(0)
    await browser.press('Show', { event: '', person: member.email, from: '2031-01-01', to: '' })
    expect(rows()).to.have.length(0)
    await browser.press('Show', { person: 'nobody@nowhere.example', from: '' })
    expect(browser.words).to.include('Nothing was found')
  })

  it('leaves as CSV that no spreadsheet runs, and as JSON lines, and says who took it', async () => {
    const { organization, admin, path } = await team()
    const evil = await rekey.person({
      name: '=HYPERLINK("https://evil.example")',
      memberships: [{ organization }],
    })
    await signIn(rekey, evil)
    const csv = await file(await at(admin, path), 'CSV for a spreadsheet')
    expect(csv.type).to.include('text/csv')
    expect(csv.text).to.include('sign_in.succeeded').and.include(`"'=HYPERLINK(""https://evil.example"")"`)
    const lines = await file(await at(admin, path), 'JSON lines for programs')
    const entries = lines.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(
      entries.some(({ event, subject }) => event === 'sign_in.succeeded' && subject === evil.id),
    ).to.equal(true)
    expect(
      entries.some(({ subject }) => subject !== undefined && ![evil.id, admin.id].includes(subject)),
    ).to.equal(false)
    const taken = (await rekey.store.audit.find('log', 'all')).filter(
      ({ event }) => event === 'audit.exported',
    )
    expect(taken.map(({ actor }) => actor)).to.include(admin.id)
  })

  it('shows an operator everything, checks the chains, and changes how long entries are kept', async () => {
    const operator = await rekey.person({ operator: true })
    const stranger = await rekey.person()
    await signIn(rekey, stranger)
    const browser = await at(operator, '/operator/audit')
    expect(browser.words).to.include(stranger.name).and.include('Nobody has checked')
    await browser.press('Check all of it now')
    expect(browser.said).to.include('as it was written')
    expect(browser.words).to.include('Verified until')
    await browser.press('Save', { days: '7' })
    expect(browser.said).to.include('between 30 and 3650')
    expect(browser.shown.document.querySelector('#days')!.getAttribute('value')).to.equal('7')
    await browser.press('Save', { days: '90' })
    expect(browser.words).to.include('older than 90 days are erased')
    await browser.press('Keep them shorter')
    expect(browser.words).to.include('kept for 90 days')
  })

  it('is in Japanese where that was chosen', async () => {
    const { admin, member, path } = await team()
    await signIn(rekey, member)
    const browser = await at(admin, path)
    await browser.press('日本語')
    expect(browser.words).to.include('サインイン').and.not.include('Signed in')
  })
})
