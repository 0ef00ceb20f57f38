import { expect } from 'chai'
import { codeIn, linkIn, mailsTo } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { atSecurity, eventsOf } from '../support/security.ts'
import { story } from '../support/story.ts'

story('A second address for notices', (rekey) => {
  let count = 0
  const newAddress = () => `box-${++count}@home.example`
  const addressesOf = async (person: Person) =>
    (await rekey.account(person)).addresses.map(({ address }) => address)
  const lastTo = async (address: string) => (await mailsTo(rekey, address)).at(-1)!
  /** A person with a second address that they added themselves. */
  const added = async () => {
    const person = await rekey.person()
    const address = newAddress()
    const browser = await atSecurity(rekey, person, '/addresses')
    await browser.press('Send the code', { address: ` ${address.toUpperCase()} ` })
    const mail = await lastTo(address)
    await browser.press('Add this address', { code: codeIn(mail.text) })
    return { person, address, browser, mail }
  }

  it('is added by the code that was mailed there, and only there', async () => {
    const { person, address, browser, mail } = await added()
    expect(browser.said).to.include('The address is added.')
    expect(await addressesOf(person)).to.deep.equal([person.email, address])
    expect(mail.text).to.not.include(person.email).and.not.include('/recovery/disavow/')
    expect((await mailsTo(rekey, person.email)).map(({ subject }) => subject)).to.deep.equal([
      'Sign-in from a new device',
      'An address for notices was added',
    ])
    expect(await eventsOf(rekey, person)).to.include('address.added')
  })

  it('gets notices from then on, beginning with the one about itself', async () => {
    const { address } = await added()
    const mail = await lastTo(address)
    expect(mail.subject).to.equal('An address for notices was added')
    expect(mail.text).to.include(`Address: ${address}`)
  })

  it('is not added by a wrong code, nor by one that is too old', async () => {
    const person = await rekey.person()
    const address = newAddress()
    const browser = await atSecurity(rekey, person, '/addresses')
    await browser.press('Send the code', { address })
    expect(browser.words).to.include(`sent a code to ${address}`).and.not.include('Older ones')
    const code = codeIn((await lastTo(address)).text)
    await browser.press('Add this address', { code: code === '111111' ? '222222' : '111111' })
    expect(browser.said).to.include("That code isn't right.")
    const { action, body } = browser.form('Add this address', { code })
    rekey.advance(11 * 60_000)
    await atSecurity(rekey, person, '/addresses', browser)
    body.set('form', browser.form('Send the code').body.get('form')!)
    await browser.send(action, body)
    expect(browser.said).to.include('That code has expired.')
    expect(await addressesOf(person)).to.deep.equal([person.email])
  })

  it('refuses what is no address, one that is there, and a sixth', async () => {
    const person = await rekey.person({ addresses: ['a@h.example', 'b@h.example', 'c@h.example'] })
    const browser = await atSecurity(rekey, person, '/addresses')
    for (const address of ['nobody', 'a@b', 'a b@c.example', 'a@b.example,c@d.example', '<a@b.example>']) {
      await browser.press('Send the code', { address })
      expect(browser.said, address).to.include('That is not an email address.')
    }
    await browser.press('Send the code', { address: 'A@h.example' })
    expect(browser.said).to.include('Notices go to that address already.')
    const last = newAddress()
    await browser.press('Send the code', { address: last })
    await browser.press('Add this address', { code: codeIn((await lastTo(last)).text) })
    expect(browser.words).to.include('There are five addresses already.')
    expect(() => browser.form('Send the code')).to.throw()
  })

  it('mails no more than five codes an hour to whatever somebody types', async () => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person, '/addresses')
    for (let sent = 0; sent < 5; sent += 1) await browser.press('Send the code', { address: newAddress() })
    const victim = newAddress()
    await browser.press('Send the code', { address: victim })
    expect(browser.said).to.include('Too many codes sent.')
    expect(await mailsTo(rekey, victim)).to.deep.equal([])
  })

  it('hears of its own removal, as all others do', async () => {
    const { person, address, browser } = await added()
    await browser.press('Remove')
    expect(browser.said).to.equal('The address is removed.')
    expect(await addressesOf(person)).to.deep.equal([person.email])
    for (const to of [person.email, address])
      expect((await lastTo(to)).subject).to.equal('An address for notices was removed')
    expect(await eventsOf(rekey, person)).to.include('address.removed')
  })

  it('never takes the place of the sign-in address', async () => {
    const { person, browser } = await added()
    const { action, body } = browser.form('Remove')
    body.set('address', person.email)
    await browser.send(action, body)
    expect((await addressesOf(person))[0]).to.equal(person.email)
  })

  it('goes again when the owner says that it was not them, and hears nothing more', async () => {
    const { person, address, browser } = await added()
    await browser.open(linkIn((await lastTo(person.email)).text, '/recovery/disavow/'))
    expect(browser.words).to.include('An address for notices was added to your account')
    await browser.press("This wasn't me")
    expect(await addressesOf(person)).to.deep.equal([person.email])
    expect((await lastTo(person.email)).subject).to.equal('Your account was protected')
    expect((await lastTo(address)).subject).to.equal('An address for notices was added')
    expect((await rekey.account(person)).passwordExpired).to.equal('disavowed')
  })
})
