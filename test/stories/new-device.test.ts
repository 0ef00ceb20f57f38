import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { givePassword, linkIn, mailsTo, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const subject = 'Sign-in from a new device'
const again = { prompt: 'login' }

story('A sign-in from a new device', (rekey) => {
  const notices = async (person: Person, address = person.email) =>
    (await mailsTo(rekey, address)).filter((mail) => mail.subject === subject)
  const devices = (person: Person) => rekey.store.devices.find('account', person.id)
  const cookieOf = async (browser: Browser) =>
    (await browser.jar.getCookies(rekey.issuer)).find(({ key }) => key === 'device')

  it('is told to every address, with time, place and app, also when it is the first one ever', async () => {
    const person = await rekey.person({ addresses: ['second@people.example'] })
    await rekey.rp.finish(await signIn(rekey, person))
    for (const address of [person.email, 'second@people.example']) {
      const [mail, ...more] = await notices(person, address)
      expect(more).to.deep.equal([])
      for (const words of ['Firefox on Linux, 127.0.0.1', 'App: Test App', 'When: ', "This wasn't me: "])
        expect(mail!.text).to.include(words)
    }
  })

  it('is told in the language of the person', async () => {
    const person = await rekey.person({ locale: 'ja' })
    await signIn(rekey, person)
    const subjects = (await mailsTo(rekey, person.email)).map((mail) => mail.subject)
    expect(subjects).to.deep.equal(['新しい端末からのサインイン'])
  })

  it('is told once a device: not of the next sign-in from there, but of one from elsewhere', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person)
    await signIn(rekey, person, again, browser)
    expect(await notices(person)).to.have.length(1)
    await signIn(rekey, person)
    expect(await notices(person)).to.have.length(2)
    expect(await devices(person)).to.have.length(2)
  })

  it('is told of a device on which only someone else has signed in before', async () => {
    const [first, second] = [await rekey.person(), await rekey.person()]
    const browser = await signIn(rekey, first)
    await signIn(rekey, second, again, browser)
    expect(await notices(second)).to.have.length(1)
    const [one, other] = [(await devices(first))[0]!, (await devices(second))[0]!]
    expect(one.id).to.not.equal(other.id)
    await signIn(rekey, first, again, browser)
    expect(await notices(first)).to.have.length(1)
  })

  it('leaves a cookie only when it has ended, and the store knows no more than a hash', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', { code: '000000' })
    expect(await cookieOf(browser)).to.equal(undefined)
    expect(await devices(person)).to.deep.equal([])
    await browser.press('Verify', { code: rekey.code(person) })
    const cookie = (await cookieOf(browser))!
    expect(cookie.value).to.match(/^[\w-]{43}$/)
    const path = new URL(rekey.issuer).pathname
    expect([cookie.httpOnly, cookie.sameSite, cookie.path]).to.deep.equal([true, 'lax', path])
    expect(await rekey.dump()).to.not.include(cookie.value)
  })

  it('renews the cookie and what is known of the device each time', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person)
    const before = (await devices(person))[0]!
    const { value, expires } = (await cookieOf(browser))!
    rekey.advance(10 * 86_400_000)
    await signIn(rekey, person, again, browser)
    const after = (await cookieOf(browser))!
    expect(after.value).to.equal(value)
    expect(Number(after.expires)).to.be.greaterThan(Number(expires))
    const [device, ...more] = await devices(person)
    expect(more).to.deep.equal([])
    expect(device!.createdAt).to.equal(before.createdAt)
    expect(device!.lastSeenAt).to.be.greaterThan(before.lastSeenAt)
  })

  it('that was somebody else’s is stopped from the mail, and the device is told of again', async () => {
    const person = await rekey.person()
    const thief = await signIn(rekey, person)
    const owner = new Browser()
    await owner.open(linkIn((await notices(person))[0]!.text, '/recovery/disavow/'))
    expect(owner.words).to.include('Someone signed in to your account from a new device:')
    expect(await devices(person)).to.have.length(1)
    await owner.press("This wasn't me")
    expect(owner.heading).to.equal('Stopped')
    expect(await devices(person)).to.deep.equal([])
    await rekey.rp.start(thief, { prompt: 'none' })
    expect(await rekey.rp.refusal(thief)).to.equal('login_required')
    const { text } = (await mailsTo(rekey, person.email)).at(-1)!
    expect(text).to.include('your next sign-in sets a new password')
    await signIn(rekey, person, again, thief)
    expect(thief.heading).to.equal('Set a new password')
    await thief.press('Save password', { password: 'five quiet harbours more' })
    expect(await notices(person)).to.have.length(2)
  })

  it('is told of after a reset like any other, and a device from before it is no new one', async () => {
    const { person } = await team(rekey)
    const browser = await signIn(rekey, person)
    const [before] = await devices(person)
    await rekey.store.protections.update(person.id, (one) => [
      { ...one!, validAfter: rekey.now() },
      undefined,
    ])
    await signIn(rekey, person, again, browser)
    expect((await devices(person)).map(({ id }) => id)).to.deep.equal([before!.id])
    expect(await notices(person)).to.have.length(1)
  })
})
