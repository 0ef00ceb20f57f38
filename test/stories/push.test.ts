import { expect } from 'chai'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { promptLimits } from '../../rules/push.ts'
import { givePassword, mailsTo } from '../support/journeys.ts'
import { numberOn, withPhone } from '../support/push-journeys.ts'
import { story } from '../support/story.ts'

story('A prompt on the phone', (rekey) => {
  it('is answered by typing the number of the page, and signs in', async () => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    expect(browser.heading).to.equal('Answer on your phone')
    const request = await phone.request()
    expect(request.app).to.equal('Test App')
    expect(request.origin).to.include({ browser: 'Firefox', system: 'Linux' })
    expect((await phone.approve(request.id, numberOn(browser))).body.state).to.equal('approved')
    await browser.press('Continue')
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.acr).to.equal(acrMultiFactor)
    expect(claims.amr).to.deep.equal(['mfa', 'pwd', 'swk'])
  })

  it('shows at once in an authenticator that is open', async () => {
    const { person, phone } = await withPhone(rekey)
    const leaving = new AbortController()
    const told = await phone.listen(leaving.signal)
    expect(await told()).to.deep.equal({ state: 'ready', prompts: [] })
    const browser = await givePassword(rekey, person)
    const { prompts } = await told()
    expect(prompts).to.have.length(1)
    await phone.approve(prompts[0]!.id, numberOn(browser))
    expect((await told()).prompts).to.deep.equal([])
    leaving.abort()
  })

  it('lets a script see when the phone has answered, and that the sign-in is over when it refused', async () => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    const status = async () => {
      const { url } = browser.shown
      const asked = await fetch(`${url}/status`, {
        headers: { cookie: await browser.jar.getCookieString(url) },
      })
      return asked.json()
    }
    expect(await status()).to.deep.equal({ status: 'waiting' })
    await phone.approve((await phone.request()).id, numberOn(browser))
    expect(await status()).to.deep.equal({ status: 'answered' })
    await browser.press('Continue')
    await givePassword(rekey, person, { prompt: 'login' }, browser)
    await phone.notMe((await phone.request()).id)
    expect(await status()).to.deep.equal({ status: 'password' })
  })

  it('is sent once, however often the page is loaded', async () => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    const [number, { id }] = [numberOn(browser), await phone.request()]
    for (let time = 0; time < 5; time += 1) await browser.open(browser.shown.url)
    expect(numberOn(browser)).to.equal(number)
    expect((await phone.look()).prompts.map((one) => one.id)).to.deep.equal([id])
  })

  it('waits on the page until the phone has answered', async () => {
    const { person } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    await browser.press('Continue')
    expect(browser.said).to.equal('Your phone has not answered yet.')
    expect(browser.heading).to.equal('Answer on your phone')
  })

  it('can be sent again, with a new number; the old one is gone', async () => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    const [old, number] = [await phone.request(), numberOn(browser)]
    await browser.press('Send it again')
    const request = await phone.request()
    expect(request.id).to.not.equal(old.id)
    expect((await phone.approve(old.id, number)).body.error).to.equal('gone')
    await phone.approve(request.id, numberOn(browser))
    await browser.press('Continue')
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })

  it('is not shown any more once the sign-in went another way', async () => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    expect((await phone.look()).prompts).to.have.length(1)
    await browser.press('Use the code in the app')
    expect(browser.words).to.include('I have no signal: show a code')
    rekey.advance(60_000)
    await browser.press('Verify', { code: phone.code() })
    expect((await rekey.rp.finish(browser)).claims.amr).to.deep.equal(['mfa', 'otp', 'pwd'])
    expect((await phone.look()).prompts).to.deep.equal([])
  })

  it('is over after five minutes', async () => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    const [{ id }, number] = [await phone.request(), numberOn(browser)]
    rekey.advance(promptLimits.lifetime)
    expect((await phone.look()).prompts).to.deep.equal([])
    expect((await phone.approve(id, number)).body.error).to.equal('gone')
    await browser.open(browser.shown.url)
    expect(browser.words).to.include('That request is over')
    await browser.press('Ask my phone again')
    await phone.approve((await phone.request()).id, numberOn(browser))
    await browser.press('Continue')
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })

  it('"It wasn’t me" ends the sign-in, slows the next prompts and warns every address', async () => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    expect((await phone.notMe((await phone.request()).id)).body.state).to.equal('refused')
    await browser.press('Continue')
    expect(browser.heading).to.equal('Sign in')
    expect(browser.said).to.equal('The sign-in was refused on the phone.')
    const mail = (await mailsTo(rekey, person.email)).at(-1)!
    expect(mail.subject).to.equal('Someone knows your password')
    expect(mail.text).to.include('Firefox')
    expect(mail.text).to.include('/recovery/disavow/')
    const events = (await rekey.store.audit.find('subject', person.id)).map(({ event }) => event)
    expect(events).to.include('prompt.refused')
    await browser.press('Sign in', { email: person.email, password: person.password })
    expect(browser.words).to.include('Your phone was asked too often.')
    expect((await phone.look()).prompts).to.deep.equal([])
  })

  it('offers every way on under "Didn’t get a prompt?"', async () => {
    const { person } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    const ways = browser.shown.document.querySelector('details.other-ways')!
    expect(ways.querySelector('summary')!.text).to.equal("Didn't get a prompt?")
    expect(ways.text).to.include(`${rekey.issuer}/authenticator`)
    expect(ways.querySelectorAll('button').map((button) => button.text)).to.deep.equal([
      'Send it again',
      'Use the code in the app',
      'Use a backup code',
    ])
    const beside = browser.shown.document.querySelectorAll('.lost button').map((button) => button.text)
    expect(beside).to.deep.equal(['Reset authentication device'])
  })
})
