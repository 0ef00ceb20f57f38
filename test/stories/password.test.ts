import { expect } from 'chai'
import { acrPassword } from '../../rules/assurance.ts'
import { times } from '../rules/examples.ts'
import { Browser } from '../support/browser.ts'
import { givePassword } from '../support/journeys.ts'
import { embedded } from '../support/rekey.ts'
import { story } from '../support/story.ts'

story('Password', (rekey) => {
  const open = async (params = {}) => {
    const browser = new Browser()
    await rekey.rp.start(browser, params)
    return browser
  }

  it('names the app that asks, and has fields that a password manager knows', async () => {
    const browser = await open()
    expect(browser.heading).to.equal('Sign in')
    expect(browser.words).to.include('Test App')
    const field = (name: string) => browser.shown.document.querySelector(`input[name=${name}]`)!
    // The last word lets the browser offer passkeys in the field.
    expect(field('email').getAttribute('autocomplete')).to.equal('username webauthn')
    expect(field('password').getAttribute('autocomplete')).to.equal('current-password')
    for (const name of ['email', 'password'])
      expect(browser.shown.document.querySelector(`label[for=${field(name).id}]`)).to.not.equal(null)
  })

  it('fills in the address that the app gives as login_hint, as text and not as markup', async () => {
    const hint = '"><script>alert(1)</script>@people.example'
    const browser = await open({ login_hint: hint })
    expect(browser.form('Sign in').body.get('email')).to.equal(hint)
    expect(browser.shown.text).to.not.include('<script>alert')
  })

  it('has the cursor where something is to be typed: at a wrong password in its field, as the address stays', async () => {
    const browser = await open()
    const focused = () => browser.shown.document.querySelector('input[autofocus]')?.getAttribute('name')
    expect(focused()).to.equal('email')
    await browser.press('Sign in', { email: 'nobody@people.example', password: 'wrong' })
    expect(focused()).to.equal('password')
    await browser.press('Sign in', { email: '', password: 'wrong' })
    expect(focused()).to.equal('email')
  })

  it('leads on to the authenticator code, with no word about the account before it', async () => {
    const person = await rekey.person()
    const browser = await open()
    expect(browser.shown.text).to.not.include(person.email)
    await browser.press('Sign in', { email: person.email, password: person.password })
    expect(browser.heading).to.equal('Enter your code')
    expect(browser.words).to.include(person.email)
  })

  it('takes the address in capitals and with spaces around it', async () => {
    const person = await rekey.person()
    const browser = await open()
    await browser.press('Sign in', { email: ` ${person.email.toUpperCase()} `, password: person.password })
    expect(browser.heading).to.equal('Enter your code')
  })

  it('takes the same password in another Unicode form', async () => {
    const person = await rekey.person()
    const wide = [...person.password].map((letter) =>
      letter === '-' ? letter : String.fromCodePoint(letter.codePointAt(0)! + 0xfee0),
    )
    const browser = await open()
    await browser.press('Sign in', { email: person.email, password: wide.join('') })
    expect(browser.heading).to.equal('Enter your code')
  })

  it('answers a wrong password and an unknown account with the same page', async () => {
    const person = await rekey.person()
    const pages = await Promise.all(
      [person.email, 'nobody@people.example'].map(async (email) => {
        const browser = await open()
        await browser.press('Sign in', { email, password: 'not the password' })
        const { status, text } = browser.shown
        const { action, body } = browser.form('Sign in')
        const base = new URL('./', action).pathname
        // What was typed comes back; nothing else tells the two apart.
        const typed = text.replaceAll(email, '')
        return { status, text: typed.replaceAll(base, '/').replaceAll(body.get('form')!, '') }
      }),
    )
    expect(pages[0]!.text).to.include('The email address or the password is wrong.')
    expect(pages[0]).to.deep.equal(pages[1])
  })

  it('says what is missing, and keeps nothing of a password that was typed', async () => {
    const person = await rekey.person()
    const browser = await open()
    await browser.press('Sign in', { email: person.email, password: '' })
    expect(browser.said).to.equal('Enter your email address and your password.')
    await browser.press('Sign in', { email: '', password: person.password })
    expect(browser.said).to.equal('Enter your email address and your password.')
    expect(browser.shown.text).to.not.include(person.password)
  })

  it('goes with an address in the letters of a Japanese keyboard', async () => {
    const person = await rekey.person()
    const browser = await open()
    const wide = person.email.replace(/[!-~]/g, (letter) =>
      String.fromCharCode(letter.charCodeAt(0) + 0xfee0),
    )
    await browser.press('Sign in', { email: `　${wide.replaceAll('．', '。')}`, password: person.password })
    expect(browser.heading).to.equal('Enter your code')
  })

  it('is not looked at when it is longer than any password may be', async () => {
    const person = await rekey.person()
    const browser = await open()
    await browser.press('Sign in', { email: person.email, password: 'x'.repeat(1025) })
    expect(browser.said).to.equal('The email address or the password is wrong.')
  })

  it('shows an account that may not sign in why, and only after its password', async () => {
    const deactivated = await rekey.person({ status: 'deactivated' })
    const browser = await open()
    await browser.press('Sign in', { email: deactivated.email, password: 'not the password' })
    expect(browser.said).to.equal('The email address or the password is wrong.')
    await browser.press('Sign in', { email: deactivated.email, password: deactivated.password })
    expect(browser.heading).to.equal('This account is deactivated')
    const removed = await rekey.person({ status: 'removed' })
    expect((await givePassword(rekey, removed)).heading).to.equal('This account was removed')
  })

  it('is all that an app gets which asks for nothing, from a person without a factor who puts it off', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    expect(browser.heading).to.equal('Set up an authenticator app')
    await browser.press('Not now')
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.acr).to.equal(acrPassword)
    expect(claims.amr).to.deep.equal(['pwd'])
  })

  it('is written to the audit log, right or wrong, with the address it came from', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await open()
    await browser.press('Sign in', { email: person.email, password: 'not the password' })
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Not now')
    const entries = await rekey.store.audit.find('subject', person.id)
    expect(entries.map((entry) => entry.event)).to.deep.equal(['sign_in.password_wrong', 'sign_in.succeeded'])
    for (const entry of entries) expect(entry.detail.address).to.match(/^(127\.0\.0\.1|::1)$/)
  })

  it('waits where very many are sent at once, and says so where too many wait; the address stays', async function () {
    // There the host checks passwords.
    if (embedded) this.skip()
    const person = await rekey.person()
    const browser = await open()
    let release = () => {}
    const checked = new Promise<void>((done) => {
      release = done
    })
    const { inTurn } = rekey.app.services
    const others = times(300, () =>
      inTurn!(
        () => checked,
        async () => {},
      ),
    )
    await browser.press('Sign in', { email: person.email, password: person.password })
    expect(browser.said).to.include('Many people are signing in right now')
    expect(browser.form('Sign in').body.get('email')).to.equal(person.email)
    release()
    await Promise.all(others)
    await browser.press('Sign in', { password: person.password })
    expect(browser.heading).to.equal('Enter your code')
  })
})
