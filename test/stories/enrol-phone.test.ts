import { expect } from 'chai'
import { codesPerHour, phoneCodeLifetime } from '../../rules/phone.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { Browser } from '../support/browser.ts'
import { codesOn, givePassword, mailsTo } from '../support/journeys.ts'
import { story } from '../support/story.ts'
import { listen, Twilio } from '../support/twilio.ts'

const twilio = new Twilio()
let count = 0
/** A Japanese mobile number that no other test has, as people write it at home. */
const mobile = () => {
  const rest = String(20_000_000 + ++count).padStart(8, '0')
  return { home: `090-${rest.slice(0, 4)}-${rest.slice(4)}`, number: `+8190${rest}` }
}

story(
  'Setting up a phone number',
  (rekey) => {
    const start = async (browser?: Browser) => {
      const person = await rekey.person({ bare: true })
      const opened = await givePassword(rekey, person, {}, browser)
      await opened.press('Phone number')
      return { person, browser: opened }
    }
    const codeTo = async (number: string): Promise<string> =>
      /^\d{6}/.exec((await twilio.next(number, 'Messages')).fields.Body!)![0]
    const sentTo = (number: string) => twilio.requests.filter(({ fields }) => fields.To === number)
    const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

    it('takes a number, proves it by a text, and ends with backup codes, back in the app', async () => {
      const { person, browser } = await start()
      expect(browser.heading).to.equal('Set up a phone number')
      expect(browser.words).to.include('someone who tricks your phone company can take over your number')
      const { home, number } = mobile()
      await browser.press('Text me a code', { country: 'JP', number: home })
      expect((await rekey.account(person)).factors).to.deep.equal([])
      await browser.press('Turn on', { code: await codeTo(number) })
      expect(codesOn(browser)).to.have.length(10)
      await browser.press('Continue', { saved: 'yes' })
      const { claims } = await rekey.rp.finish(browser)
      expect(claims.amr).to.deep.equal(['mfa', 'pwd', 'sms'])
      const [factor] = (await rekey.account(person)).factors
      expect(factor).to.include({ kind: 'sms', number })
      const mails = await mailsTo(rekey, person.email)
      expect(mails.map(({ subject, text }) => `${subject} ${text}`).join()).to.match(/Phone number/)
      expect(mails.map(({ text }) => text).join()).to.not.include(number)
    })

    it('takes what it has proven at the next sign-in', async () => {
      const { person, browser } = await start()
      const { home, number } = mobile()
      await browser.press('Text me a code', { country: 'JP', number: home })
      await browser.press('Turn on', { code: await codeTo(number) })
      await browser.press('Continue', { saved: 'yes' })
      const next = await givePassword(rekey, person)
      await next.press('Text me a code')
      await next.press('Verify', { code: await codeTo(number) })
      expect((await rekey.rp.finish(next)).claims.sub).to.equal(person.id)
    })

    it('understands a number as it is written at home, with full-width digits, or with its country in front', async () => {
      for (const write of [
        ({ home }: { home: string }) => home.replaceAll('-', ' '),
        ({ home }: { home: string }) =>
          home.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
        ({ number }: { number: string }) => number,
      ]) {
        const { browser } = await start()
        const phone = mobile()
        await browser.press('Text me a code', { country: 'JP', number: write(phone) })
        expect(await codeTo(phone.number)).to.match(/^\d{6}$/)
      }
    })

    it('takes a number of another country than the chosen one, with its + in front', async () => {
      const { browser } = await start()
      await browser.press('Text me a code', { country: 'JP', number: '+1 (202) 555-0147' })
      expect(await codeTo('+12025550147')).to.match(/^\d{6}$/)
    })

    it('begins with the country that the browser names with the language', async () => {
      const firstOf = async (languages: string) => {
        const { browser } = await start(new Browser({ 'accept-language': languages }))
        return browser.shown.document.querySelector('option')?.text
      }
      expect(await firstOf('en-GB, en;q=0.8')).to.equal('United Kingdom (+44)')
      expect(await firstOf('en, nb-NO;q=0.9, en-US;q=0.8')).to.equal('United States (+1)')
    })

    it('names the countries in the person’s language', async () => {
      const browser = new Browser({ 'accept-language': 'ja' })
      const person = await rekey.person({ bare: true })
      await rekey.rp.start(browser)
      await browser.press('サインイン', { email: person.email, password: person.password })
      await browser.press('電話番号')
      const countries = browser.shown.document.querySelectorAll('option').map((one) => one.text)
      expect(countries[0]).to.equal('日本 (+81)')
      expect(countries).to.include('アメリカ合衆国 (+1)').and.to.have.length(3)
    })

    for (const [what, number, said] of [
      ['nothing', ' ', 'Enter your phone number.'],
      [
        'words',
        'my phone',
        'That is not a phone number that we can reach. Check the country and the number.',
      ],
      ['a number too short', '090-1234', 'That is not a phone number that we can reach.'],
      ['a premium-rate number', '0990-123456', 'That is not a phone number that we can reach.'],
      ['a premium-rate number elsewhere', '+1 900 555 1234', 'That is not a phone number that we can reach.'],
      ['a toll-free number', '0120-123-456', 'That is not a phone number that we can reach.'],
      [
        'a number with an extension',
        '+1 202 555 0147 ext 5',
        'That is not a phone number that we can reach.',
      ],
      [
        'a country that is not served',
        '+33 6 12 34 56 78',
        "We can't send codes to numbers of that country.",
      ],
      ['an island in a served country’s prefix', '+1 876 555 1234', "We can't send codes to"],
    ] as const) {
      it(`refuses ${what}, before anything is sent`, async () => {
        const { browser } = await start()
        const before = twilio.requests.length
        await browser.press('Text me a code', { country: 'JP', number })
        expect(browser.said).to.satisfy((text: string) => text.startsWith(said), browser.said)
        await rekey.work()
        expect(twilio.requests.length).to.equal(before)
      })
    }

    it('calls a landline, which takes no texts, and remembers that', async () => {
      const { person, browser } = await start()
      await browser.press('Text me a code', { country: 'JP', number: '03-1234-5678' })
      expect(browser.said).to.equal('That number takes no text messages. Let us call you instead.')
      await browser.press('Call me with the code', { country: 'JP', number: '03-1234-5678' })
      expect(browser.words).to.not.include('Text me a code')
      const { fields } = await twilio.next('+81312345678', 'Calls')
      const call = listen(fields.Twiml!)
      const keys = call.said[0]!.match(/\d/g)!.join('')
      const { xml } = await twilio.tell(call.action!, { Digits: keys })
      const code = listen(xml).said[0]!.match(/\d/g)!.join('')
      await browser.press('Turn on', { code })
      const [factor] = (await rekey.account(person)).factors
      expect(factor).to.include({ kind: 'voice', number: '+81312345678' })
    })

    it('sends another code to the same number, and lets people change it first', async () => {
      const { person, browser } = await start()
      const [one, two] = [mobile(), mobile()]
      await browser.press('Text me a code', { country: 'JP', number: one.home })
      const first = await codeTo(one.number)
      await browser.press('Text me a code')
      const second = await codeTo(one.number)
      await browser.press('Use another number')
      await browser.press('Text me a code', { country: 'JP', number: two.home })
      const right = await codeTo(two.number)
      for (const code of [first, second].filter((one) => one !== right)) {
        await browser.press('Turn on', { code })
        expect(browser.said).to.match(/^That code isn't right/)
      }
      await browser.press('Turn on', { code: right })
      expect((await rekey.account(person)).factors).to.have.length(1)
      expect((await rekey.account(person)).factors[0]).to.include({ number: two.number })
    })

    it('binds nothing by a code that is wrong, old or of another sign-in', async () => {
      const { person, browser } = await start()
      const { home, number } = mobile()
      await browser.press('Text me a code', { country: 'JP', number: home })
      const code = await codeTo(number)
      await browser.press('Turn on', { code: other(code) })
      expect(browser.said).to.match(/^That code isn't right/)
      const second = await givePassword(rekey, person)
      await second.press('Phone number')
      await second.press('Text me a code', { country: 'JP', number: home })
      const newer = await codeTo(number)
      if (newer !== code) {
        await second.press('Turn on', { code })
        expect(second.said).to.match(/^That code isn't right/)
      }
      rekey.advance(phoneCodeLifetime)
      await browser.press('Turn on', { code })
      expect(browser.said).to.equal('That code has expired. Ask for a new one.')
      expect((await rekey.account(person)).factors).to.deep.equal([])
    })

    it('counts wrong codes across sign-ins and numbers, and switches nothing off for them', async () => {
      const { person, browser } = await start()
      const guess = async (one: Browser, times: number) => {
        const { home, number } = mobile()
        await one.press('Text me a code', { country: 'JP', number: home })
        const code = await codeTo(number)
        for (let guesses = 0; guesses < times; guesses += 1) await one.press('Turn on', { code: other(code) })
      }
      await guess(browser, throttleLimits.free)
      const second = await givePassword(rekey, person)
      await second.press('Phone number')
      await guess(second, 1)
      expect([second.heading, second.said]).to.deep.equal([
        'Sign in',
        'Too many tries. Wait a moment, then try again.',
      ])
      const { throttles } = await rekey.account(person)
      // Those of the network too, and no other: the person's factors are none the worse for it.
      for (const name of Object.keys(throttles)) expect(name).to.match(/^enrol_phone/)
      expect(throttles).to.have.property('enrol_phone')
    })

    it('binds a number once when its code is submitted many times at once', async () => {
      const { person, browser } = await start()
      const { home, number } = mobile()
      await browser.press('Text me a code', { country: 'JP', number: home })
      const { action, body } = browser.form('Turn on', { code: await codeTo(number) })
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          const twin = new Browser()
          for (const cookie of await browser.jar.getCookies(action)) await twin.jar.setCookie(cookie, action)
          await twin.send(action, body)
        }),
      )
      const account = await rekey.account(person)
      expect(account.factors).to.have.length(1)
      expect(account.backupCodes!.number).to.equal(1)
    })

    it('can not be made to send to many numbers by one person', async () => {
      const { browser } = await start()
      for (let sent = 0; sent < codesPerHour; sent += 1) {
        await browser.press('Text me a code', { country: 'JP', number: mobile().home })
        await browser.press('Use another number')
      }
      const { home, number } = mobile()
      await browser.press('Text me a code', { country: 'JP', number: home })
      expect(browser.said).to.match(/^Too many codes sent/)
      await rekey.work()
      expect(sentTo(number)).to.deep.equal([])
    })

    it('can not be used to keep the number’s owner from signing in', async () => {
      const { home, number } = mobile()
      const owner = await rekey.person({ texts: [number], phoneOnly: true })
      const { browser: stranger } = await start()
      for (let sent = 0; sent < codesPerHour; sent += 1) {
        await stranger.press('Text me a code', { country: 'JP', number: home })
        await stranger.press('Use another number')
      }
      const browser = await givePassword(rekey, owner)
      await browser.press('Text me a code')
      expect(browser.words).to.include('We sent a text message with a six-digit code')
      await rekey.work()
      expect(sentTo(number)).to.have.length(codesPerHour + 1)
    })

    it('adds a number beside the authenticator when an app asks for it, and refuses one that is there already', async () => {
      const [one, two] = [mobile(), mobile()]
      const person = await rekey.person({ texts: [one.number] })
      const browser = await givePassword(rekey, person, { action: 'enrol:sms' })
      await browser.press('Verify', { code: rekey.code(person) })
      expect(browser.heading).to.equal('Set up a phone number')
      await browser.press('Text me a code', { country: 'JP', number: one.home })
      expect(browser.said).to.equal('That number is one of your sign-in methods already.')
      await browser.press('Text me a code', { country: 'JP', number: two.home })
      await browser.press('Turn on', { code: await codeTo(two.number) })
      const kinds = (await rekey.account(person)).factors.map(({ kind }) => kind)
      expect(kinds).to.deep.equal(['totp', 'sms', 'sms'])
    })
  },
  { twilio },
)

story('Without a carrier', (rekey) => {
  it('nobody is offered to set a phone number up', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    expect(browser.words).to.not.include('Phone number')
  })

  it('a number that was set up before gets nothing, and the other ways are there', async () => {
    const person = await rekey.person({ texts: ['+819012345678'], phoneOnly: true })
    const browser = await givePassword(rekey, person)
    await browser.press('Text me a code')
    expect(browser.said).to.match(/^We can't send codes/)
    await browser.press('Use a backup code')
    expect(browser.heading).to.equal('Enter a backup code')
  })
})
