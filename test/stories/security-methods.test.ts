import { expect } from 'chai'
import { linkIn, mailsTo, secretOn, signIn } from '../support/journeys.ts'
import type { PersonOptions } from '../support/rekey.ts'
import { atSecurity, eventsOf, signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

story('Looking after sign-in methods', (rekey) => {
  const second = 'private@people.example'
  /** Someone with two authenticator apps, at the page of the second one. */
  const atMethod = async (options: PersonOptions = {}) => {
    const person = await rekey.person({ addresses: [second], ...options })
    const other = { ...(await rekey.account(person)).factors[0]!, id: `${person.id}-other`, name: 'Spare' }
    await rekey.store.protections.update(person.id, (current) => [
      { ...current!, factors: [...current!.factors, other] },
      undefined,
    ])
    const browser = await atSecurity(rekey, person, `/methods/${other.id}`)
    return { person, other, browser }
  }
  const subjects = async (address: string) => (await mailsTo(rekey, address)).map(({ subject }) => subject)

  it('adds one in the pages of the sign-in, and is back with it', async () => {
    const person = await rekey.person({ addresses: [second] })
    const browser = await atSecurity(rekey, person)
    await browser.press('Authenticator app')
    await browser.press('Turn on', { code: rekey.code({ secret: secretOn(browser) }) })
    expect(browser.heading).to.equal('Security')
    expect(browser.said).to.equal('Your new sign-in method works from now on.')
    expect((await rekey.account(person)).factors).to.have.length(2)
    for (const address of [person.email, second])
      expect(await subjects(address)).to.include('A sign-in method was added')
  })

  it('asks for a fresh sign-in before one is added', async () => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person)
    rekey.advance(6 * 60_000)
    await browser.press('Authenticator app')
    expect(browser.heading).to.equal('Sign in')
    await signInThere(rekey, person, browser)
    expect(browser.heading).to.equal('Set up an authenticator app')
    await browser.press('Not now')
    expect(browser.heading).to.equal('Security')
    expect(browser.said).to.equal('')
  })

  it('offers only kinds that the organization allows', async () => {
    const organization = await rekey.organization('Strict', { methods: ['totp'] })
    const person = await rekey.person({ memberships: [{ organization }] })
    const browser = await atSecurity(rekey, person)
    const offered = browser.shown.document.querySelectorAll('input[name=kind]')
    expect(offered.map((one) => one.getAttribute('value'))).to.deep.equal(['totp'])
  })

  it('gives one a name, and takes it away again', async () => {
    const { person, other, browser } = await atMethod()
    await browser.press('Save name', { name: '  Büro 鍵 🔑  ' })
    expect(browser.said).to.equal('The new name is saved.')
    const named = async () => (await rekey.account(person)).factors.find(({ id }) => id === other.id)!.name
    expect(await named()).to.equal('Büro 鍵 🔑')
    await browser.press('Save name', { name: '' })
    expect(await named()).to.equal('')
    expect(await eventsOf(rekey, person)).to.include('factor.renamed')
    expect(await subjects(person.email)).to.deep.equal(['Sign-in from a new device'])
  })

  it('makes one the primary, and every address is told with a way to say no', async () => {
    const { person, other, browser } = await atMethod()
    await browser.press('Make this the default')
    expect(browser.said).to.include('start with this method')
    expect((await rekey.account(person)).primary).to.equal(other.id)
    for (const address of [person.email, second]) {
      const mail = (await mailsTo(rekey, address)).at(-1)!
      expect(mail.subject).to.equal('Default sign-in method changed')
      await browser.open(linkIn(mail.text, '/recovery/disavow/'))
      expect(browser.words).to.include('default sign-in method of your account was changed')
    }
    expect(await eventsOf(rekey, person)).to.include('factor.primary')
  })

  it('removes one, and every address is told', async () => {
    const { person, other, browser } = await atMethod()
    await browser.press('Remove')
    expect(browser.heading).to.equal('Security')
    expect(browser.said).to.equal('The sign-in method is removed.')
    expect((await rekey.account(person)).factors.map(({ id }) => id)).to.not.include(other.id)
    for (const address of [person.email, second])
      expect(await subjects(address)).to.include('A sign-in method was removed from your account')
  })

  it('asks before one is removed, and says what that means', async () => {
    const { browser } = await atMethod()
    const asked = () =>
      browser.shown.document
        .querySelectorAll('button.danger')
        .map((button) => button.closest('details')!)
        .map((asking) => [
          asking.hasAttribute('open'),
          asking.querySelector('summary')!.text,
          asking.querySelector('p')!.text,
        ])
    const closed = [
      false,
      'Remove this method?',
      "You can't sign in with it any more. Your other methods stay as they are.",
    ]
    expect(asked()).to.deep.equal([closed])
    await rekey.rp.start(browser, { action: 'manage_factors' })
    expect(browser.heading).to.equal('Your sign-in methods')
    expect(asked()).to.deep.equal([closed, closed])
  })

  it('says of the last one what goes with it, and lets it go where nobody insists', async () => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person)
    await browser.follow('Authenticator app')
    expect(browser.words).to.include('only your password protects this account')
    await browser.press('Remove')
    expect(browser.words).to.include('Only your password protects this account.')
    expect((await rekey.account(person)).factors).to.deep.equal([])
  })

  it('keeps the last one where an organization insists', async () => {
    const organization = await rekey.organization('Strict', { requireSecondFactor: true })
    const person = await rekey.person({ memberships: [{ organization }] })
    const browser = await atSecurity(rekey, person)
    await browser.follow('Authenticator app')
    expect(browser.words).to.include('Add another before you remove it.')
    expect(() => browser.form('Remove')).to.throw()
  })

  it('of two windows the last valid change wins, and a bad one loses nothing', async () => {
    const { person, other, browser } = await atMethod()
    const first = browser.form('Save name', { name: 'From the first window' })
    const late = browser.form('Save name', { name: 'x'.repeat(61) })
    await browser.press('Save name', { name: 'From the second window' })
    await browser.send(first.action, first.body)
    await browser.send(late.action, late.body)
    expect(browser.said).to.include("That name can't be used")
    const { factors } = await rekey.account(person)
    expect(factors.find(({ id }) => id === other.id)!.name).to.equal('From the first window')
  })

  it('takes the form of a window that was open before the person proved again who they are', async () => {
    const { person, other, browser } = await atMethod()
    const open = browser.form('Save name', { name: 'Kept' })
    rekey.advance(6 * 60_000)
    await browser.open(`${rekey.issuer}/security/password`)
    await signInThere(rekey, person, browser)
    await browser.send(open.action, open.body)
    expect((await rekey.account(person)).factors.find(({ id }) => id === other.id)!.name).to.equal('Kept')
  })

  it('renames and makes primary in the sign-in too, for an app that asks for it', async () => {
    const { person, other } = await atMethod()
    const browser = await signIn(rekey, person, { action: 'manage_factors' })
    const { action, body } = browser.form('Save name', { name: 'Desk' })
    body.set('factor', other.id)
    await browser.send(action, body)
    expect(browser.said).to.equal('The new name is saved.')
    expect(browser.words).to.include('Desk')
    await browser.press('Make this the default')
    await browser.press('Done')
    const callback = browser.trail.find((url) => url.startsWith(`${rekey.rp.origin}/callback`))!
    expect(new URL(callback).searchParams.get('action_status')).to.equal('success')
    const account = await rekey.account(person)
    expect(account.primary).to.equal(other.id)
    expect(account.factors.find(({ id }) => id === other.id)!.name).to.equal('Desk')
  })
})
