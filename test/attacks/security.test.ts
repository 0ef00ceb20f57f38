import { expect } from 'chai'
import { acrPassword, amrTrustedDevice } from '../../rules/assurance.ts'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { disavow } from '../support/cases.ts'
import { codeIn, enrol, givePassword, linkIn, mailsTo, signIn } from '../support/journeys.ts'
import type { Person, PersonOptions } from '../support/rekey.ts'
import { atSecurity, eventsOf, signInThere } from '../support/security.ts'

attack('At the security page', (rekey) => {
  /** Someone with two authenticator apps and a second address. */
  const owner = async (options: PersonOptions = {}) => {
    const person = await rekey.person({ addresses: ['second@people.example'], ...options })
    const factors = (await rekey.account(person)).factors.flatMap((one) => [
      one,
      { ...one, id: `${one.id}-2` },
    ])
    await rekey.store.protections.update(person.id, (current) => [{ ...current!, factors }, undefined])
    return person
  }
  const stateOf = async (person: Person) => {
    const { factors, primary, addresses, passwordVersion, backupCodes, pendingAddress } =
      await rekey.account(person)
    const sessions = await rekey.store.sessions.find('account', person.id)
    const devices = (await rekey.store.devices.find('account', person.id)).map(({ id }) => id).sort()
    return JSON.stringify({
      devices,
      ...{ factors: factors.map(({ id, name }) => [id, name]), primary, addresses, passwordVersion },
      ...{
        provenAt: backupCodes?.provenAt,
        pendingAddress,
        ended: sessions.filter(({ ended }) => ended).length,
      },
    })
  }
  /** Every change that the pages know, for someone. */
  const changesOf = async (person: Person): Promise<[path: string, fields: { [name: string]: string }][]> => {
    const { factors } = await rekey.account(person)
    const method = `/security/methods/${factors.at(-1)!.id}`
    const sessions = await rekey.store.sessions.find('account', person.id)
    return [
      [method, { change: 'rename', name: 'Eve was here' }],
      [method, { change: 'primary' }],
      [method, { change: 'remove' }],
      ['/security/codes', { code: person.backupCodes[0]! }],
      ['/security/addresses', { change: 'ask', address: 'eve@evil.example' }],
      ['/security/addresses', { change: 'remove', address: 'second@people.example' }],
      ['/security/password', { current: person.password, password: 'seven slow yellow trains' }],
      ['/security/devices', { device: (await rekey.store.devices.find('account', person.id))[0]!.id }],
      ['/security/sessions', { end: 'others' }],
      ['/security/sessions', { end: sessions[0]!.id }],
    ]
  }
  const formOf = (browser: Browser) => browser.form('End all other sessions').body.get('form')!

  // Seen failing without `checkFormToken` in `sentBy` (interactions/security/owner.ts).
  it('a form of another page changes nothing', async () => {
    const person = await owner()
    await signIn(rekey, person)
    const browser = await atSecurity(rekey, person)
    const stranger = await owner()
    await signIn(rekey, stranger)
    const theirs = formOf(await atSecurity(rekey, stranger))
    const before = await stateOf(person)
    for (const [path, fields] of await changesOf(person)) {
      for (const form of [undefined, '', 'x'.repeat(43), theirs]) {
        await browser.send(path, new URLSearchParams({ ...fields, ...(form === undefined ? {} : { form }) }))
        expect(browser.shown.status, path).to.equal(403)
      }
    }
    expect(await stateOf(person)).to.equal(before)
  })

  it('nobody gets in whose browser has no session, nor by a GET', async () => {
    const person = await owner()
    await signIn(rekey, person)
    const before = await stateOf(person)
    for (const [path, fields] of await changesOf(person)) {
      const browser = new Browser()
      await browser.send(`${rekey.issuer}${path}`, new URLSearchParams(fields))
      expect(browser.heading).to.equal('Sign in')
      await browser.open(`${rekey.issuer}${path}?${new URLSearchParams(fields)}`)
      expect(browser.heading).to.not.equal('Security')
    }
    expect(await stateOf(person)).to.equal(before)
  })

  // Seen failing with `looking` in place of `changing` in `sentBy`.
  it('a second factor of six minutes ago changes nothing', async () => {
    const person = await owner()
    await signIn(rekey, person)
    const browser = await atSecurity(rekey, person)
    const form = formOf(browser)
    rekey.advance(6 * 60_000)
    const before = await stateOf(person)
    for (const [path, fields] of await changesOf(person)) {
      await browser.send(path, new URLSearchParams({ ...fields, form }))
      expect(browser.heading, path).to.equal('Sign in')
    }
    expect(await stateOf(person)).to.equal(before)
  })

  // Seen failing without `isIdle` in `satisfies` (interactions/console/session.ts), and without `sessionIdle` in `withChecks`
  // (provider/policy.ts).
  it('a page that nobody has used for an hour shows nothing more, one that is used goes on', async () => {
    const person = await owner()
    await signIn(rekey, person)
    const browser = await atSecurity(rekey, person)
    for (const _ of [1, 2, 3]) {
      rekey.advance(45 * 60_000)
      await browser.open(`${rekey.issuer}/security`)
      expect(browser.heading).to.equal('Security')
    }
    rekey.advance(61 * 60_000)
    for (const _ of [1, 2]) {
      await browser.open(`${rekey.issuer}/security`)
      expect(browser.heading).to.equal('Sign in')
    }
  })

  // Seen failing with `acrPassword` for everybody in `neededFor` (rules/own-account.ts).
  it('a trusted device and a password alone open nothing for who has a factor', async () => {
    for (const amr of [['pwd'], ['pwd', amrTrustedDevice]]) {
      const person = await owner()
      const browser = await signIn(rekey, person)
      const [session] = await rekey.store.sessions.find('account', person.id)
      const payload = JSON.stringify({ ...JSON.parse(session!.payload), acr: acrPassword, amr })
      await rekey.store.sessions.update(session!.id, (current) => [{ ...current!, payload }, undefined])
      await browser.open(`${rekey.issuer}/security`)
      expect(browser.heading).to.equal('Enter your code')
      await browser.open(`${rekey.issuer}/security/password`)
      expect(browser.heading).to.equal('Enter your code')
      const before = await stateOf(person)
      for (const [path, fields] of await changesOf(person)) {
        await browser.send(`${rekey.issuer}${path}`, new URLSearchParams(fields))
        expect(browser.heading, path).to.equal('Enter your code')
      }
      expect(await stateOf(person)).to.equal(before)
    }
  })

  it('a device that was really trusted opens nothing either, and does not stand in for the factor', async () => {
    const person = await owner()
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', { code: rekey.code(person), trust: 'yes' })
    await rekey.rp.finish(browser)
    await givePassword(rekey, person, { prompt: 'login' }, browser)
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrPassword)
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.heading).to.equal('Enter your code')
    await browser.press('Verify', { code: rekey.code(person) })
    expect(browser.heading).to.equal('Security')
    rekey.advance(6 * 60_000)
    await browser.open(`${rekey.issuer}/security/password`)
    await browser.press('Sign in', { email: person.email, password: person.password })
    expect(browser.heading).to.equal('Enter your code')
  })

  it('the session of someone who had no factor yet is worth nothing once there is one', async () => {
    const person = await rekey.person({ bare: true })
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/security`)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Not now')
    expect(browser.heading).to.equal('Security')
    const form = browser.form('Set up a second step').body.get('form')!
    await enrol(rekey, await givePassword(rekey, person))
    await browser.send('/security/sessions', new URLSearchParams({ form, end: 'others' }))
    expect(browser.heading).to.equal('Enter your code')
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.heading).to.equal('Enter your code')
  })

  // Seen failing without the comparison of accounts in `endOne` (account/sessions.ts).
  it("another person's methods, sessions and addresses are out of reach", async () => {
    const victim = await owner()
    await signIn(rekey, victim)
    const eve = await owner({ addresses: [] })
    await signIn(rekey, eve)
    const browser = await atSecurity(rekey, eve)
    const form = formOf(browser)
    const before = await stateOf(victim)
    for (const [path, fields] of (await changesOf(victim)).filter(([, { end }]) => end !== 'others')) {
      if (path === '/security/password' || fields.change === 'ask') continue
      await browser.send(path, new URLSearchParams({ ...fields, form }))
    }
    expect(await stateOf(victim)).to.equal(before)
    expect(await eventsOf(rekey, eve)).to.not.include('sessions.ended')
    await browser.open(`${rekey.issuer}/security/methods/${(await rekey.account(victim)).factors[0]!.id}`)
    expect(browser.said).to.include('That no longer exists.')
  })

  // Seen failing without `required` in `removeFactor` (rules/enrolment.ts).
  it('the last method stays where an organization insists, whatever a form says', async () => {
    const organization = await rekey.organization('Strict', { requireSecondFactor: true })
    const person = await rekey.person({ memberships: [{ organization }] })
    const browser = await atSecurity(rekey, person)
    await browser.follow('Authenticator app')
    const { action, body } = browser.form('Save name')
    body.set('change', 'remove')
    body.set('required', 'false')
    await browser.send(action, body)
    expect(browser.said).to.include("That method can't be removed.")
    expect((await rekey.account(person)).factors).to.have.length(1)
  })

  it('of the last two methods one stays when both are removed at the same moment', async () => {
    const organization = await rekey.organization('Strict', { requireSecondFactor: true })
    for (let round = 0; round < 5; round += 1) {
      const person = await owner({ memberships: [{ organization }] })
      const browser = await atSecurity(rekey, person)
      const form = browser.form('Authenticator app').body.get('form')!
      const { factors } = await rekey.account(person)
      const removals = factors.map(async ({ id }) =>
        fetch(`${rekey.issuer}/security/methods/${id}`, {
          method: 'POST',
          redirect: 'manual',
          headers: {
            cookie: await browser.jar.getCookieString(rekey.issuer),
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: String(new URLSearchParams({ form, change: 'remove' })),
        }),
      )
      await Promise.all(removals)
      expect((await rekey.account(person)).factors).to.have.length(1)
    }
  })

  it('a name is text and nothing else', async () => {
    const person = await owner()
    const id = (await rekey.account(person)).factors[0]!.id
    const browser = await atSecurity(rekey, person, `/methods/${id}`)
    const name = '"><script>alert(1)</script>{{brand}}<%= 1 %>'
    await browser.press('Save name', { name })
    for (const path of ['', `/methods/${id}`]) {
      await browser.open(`${rekey.issuer}/security${path}`)
      expect(browser.shown.text).to.not.include('<script>alert')
      expect(browser.words).to.include(name)
    }
    for (const hidden of ['a\u202eb', 'a\u0007b']) {
      const { action, body } = browser.form('Save name')
      body.set('name', hidden)
      await browser.send(action, body)
      // What can't be seen, or turns what stands around it, is gone before anything is kept.
      expect((await rekey.account(person)).factors[0]!.name).to.equal('ab')
    }
    await browser.press('Save name', { name })
    for (const bad of ['a\r\nb', 'x'.repeat(61), 'a\u2028b']) {
      const { action, body } = browser.form('Save name')
      body.set('name', bad)
      await browser.send(action, body)
      expect(browser.said, JSON.stringify(bad)).to.include("That name can't be used.")
    }
    expect((await rekey.account(person)).factors[0]!.name).to.equal(name)
  })

  it("a code that was mailed for one account adds no address to another's", async () => {
    const address = 'shared@home.example'
    const [one, two] = [await owner(), await owner()]
    const [mine, theirs] = [
      await atSecurity(rekey, one, '/addresses'),
      await atSecurity(rekey, two, '/addresses'),
    ]
    await mine.press('Send the code', { address })
    const code = codeIn((await mailsTo(rekey, address)).at(-1)!.text)
    await theirs.press('Send the code', { address })
    await theirs.press('Add this address', { code })
    expect((await rekey.account(two)).addresses.map((one) => one.address)).to.not.include(address)
  })

  it('a code for an address is taken once, by one of two windows', async () => {
    const person = await owner()
    const browser = await atSecurity(rekey, person, '/addresses')
    await browser.press('Send the code', { address: 'twice@home.example' })
    const { action, body } = browser.form('Add this address')
    body.set('code', codeIn((await mailsTo(rekey, 'twice@home.example')).at(-1)!.text))
    const cookie = await browser.jar.getCookieString(rekey.issuer)
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    const send = () => fetch(action, { method: 'POST', redirect: 'manual', headers, body: String(body) })
    await Promise.all([send(), send(), send()])
    const { addresses } = await rekey.account(person)
    expect(addresses.filter(({ address }) => address === 'twice@home.example')).to.have.length(1)
  })

  // Seen failing without `only` in `send` (interactions/sign-in/steps/mail-code.ts).
  it('an address for notices that a thief has added proves nothing when the owner has said no', async () => {
    const thief = 'thief@evil.example'
    const person = await rekey.person({ bare: true, addresses: [thief] })
    const browser = await givePassword(rekey, person)
    await browser.press('Not now')
    await rekey.rp.finish(browser)
    const mail = (await mailsTo(rekey, person.email)).findLast(({ subject }) =>
      subject.includes('new device'),
    )!
    await disavow(linkIn(mail.text, '/recovery/disavow/'))
    const next = await givePassword(rekey, person)
    expect(next.heading).to.equal('Check your email')
    await next.press('Send the code')
    const codes = async (address: string) =>
      (await mailsTo(rekey, address)).filter(({ subject }) => subject.startsWith('Your code'))
    expect(await codes(person.email)).to.have.length(1)
    expect(await codes(thief)).to.deep.equal([])
  })

  it('guesses at the present password are slowed down, and the right one then is as well', async () => {
    const person = await owner()
    const browser = await atSecurity(rekey, person, '/password')
    const password = 'seven slow yellow trains'
    for (let guess = 0; guess < 5; guess += 1)
      await browser.press('Save password', { current: `guess number ${guess}`, password })
    await browser.press('Save password', { current: person.password, password })
    expect(browser.said).to.include('Too many tries.')
    expect((await givePassword(rekey, person)).heading).to.equal('Enter your code')
  })

  it('an address of the page says nothing of its own', async () => {
    const person = await owner()
    const browser = await atSecurity(rekey, person)
    for (const said of ['<b>hello</b>', 'wrong_credentials', 'constructor', '__proto__', 'nothing_known']) {
      await browser.open(`${rekey.issuer}/security?said=${encodeURIComponent(said)}`)
      expect(browser.said, said).to.equal('')
    }
  })

  it('a session of our pages has no life of its own', async () => {
    const person = await owner()
    const browser = await atSecurity(rekey, person)
    const [session] = await rekey.store.consoleSessions.find('account', person.id)
    const elsewhere = await atSecurity(rekey, person)
    await elsewhere.press('End all other sessions')
    expect(await rekey.store.sessions.get(session!.providerSession)).to.have.property('ended')
    await browser.open(`${rekey.issuer}/security`)
    expect(browser.heading).to.equal('Sign in')
    await signInThere(rekey, person, browser)
    expect(browser.heading).to.equal('Security')
  })
})
