import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { type GatedStore, gated } from '../support/gates.ts'
import { type Person, type Rekey, startRekey } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { describeStory, type Opened } from '../support/stores.ts'

describeStory('A change of several members that takes its time', (engine) => {
  let opened: Opened
  let gates: GatedStore
  let rekey: Rekey
  let organization: string
  let admin: Person
  let people: Person[]

  before(async () => {
    opened = await engine.open(() => Date.now())
    gates = gated(opened.store)
    rekey = await startRekey(gates.store)
    organization = await rekey.organization('Hanami')
    admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const member = () => rekey.person({ memberships: [{ organization }] })
    people = [await member(), await member()]
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
  })

  it('shows how far it has come, and goes on though nobody looks', async () => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/administration/${organization}`)
    await signInThere(rekey, admin, browser)
    const picked = Object.fromEntries(people.map(({ id }) => [`pick_${id}`, 'yes']))
    await browser.press('See what will happen', { ...picked, change: 'suspend' })
    const gate = gates.hold(1, {
      ...{ collection: 'memberships', operation: 'update', when: 'before' },
      id: `${organization}:${people[1]!.id}`,
    })
    await browser.press('Do it for 2 people', { reason: 'The project is over.' })
    await gate.reached
    expect(browser.words)
      .to.match(/[01] of 2 done/)
      .and.include('Not done')
    expect(browser.shown.headers.get('refresh')).to.equal('3')
    gate.open()
    const over = () => browser.words.includes('Done for 2 people')
    while (!over()) await browser.open(`${rekey.issuer}/administration/${organization}/several/last`)
    for (const { id } of people)
      expect((await rekey.store.memberships.get(`${organization}:${id}`))!.suspended).to.not.equal(undefined)
    await browser.press('Undo')
    while (!over()) await browser.open(`${rekey.issuer}/administration/${organization}/several/last`)
    expect((await rekey.store.memberships.get(`${organization}:${people[0]!.id}`))!.suspended).to.equal(
      undefined,
    )
  })

  it('that died on the way says who was left, and can be gone on with', async () => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/administration/${organization}`)
    await signInThere(rekey, admin, browser)
    const id = `several:${organization}:${admin.id}`
    const value = {
      change: 'suspend',
      people: people.map((one) => one.id),
      came: [null],
      at: rekey.now() - 61_000,
    }
    await rekey.store.settings.update(id, () => [{ id, value: JSON.stringify(value) }, undefined])
    await browser.open(`${rekey.issuer}/administration/${organization}/several/last`)
    expect(browser.words).to.include('This was interrupted').and.include('Not done')
    await browser.press('See what is left to do')
    await browser.press('Do it for 1 person', { reason: 'Going on.' })
    expect(browser.words).to.include('Done for 1 person')
  })
})
