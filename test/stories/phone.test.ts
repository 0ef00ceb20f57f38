import { expect } from 'chai'
import { codesPerHour, phoneCodeLifetime } from '../../rules/phone.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { Browser } from '../support/browser.ts'
import { givePassword } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { listen, Twilio } from '../support/twilio.ts'

const twilio = new Twilio()
const wrong = "That code isn't right. Only the newest code works: check it and enter it again."
const expired = 'That code has expired. Ask for a new one.'
const tooMany = 'Too many tries. Wait a moment, then try again.'
const hour = 3_600_000
let count = 0
/** A Japanese mobile number that no other test has. */
const mobile = (): string => `+8190${String(10_000_000 + ++count).padStart(8, '0')}`

story(
  'Code on a phone',
  (rekey) => {
    /** Someone whose only factor is a number. */
    const withPhone = async (number = mobile(), locale: 'en' | 'ja' = 'en') => {
      const person = await rekey.person({ texts: [number], phoneOnly: true, locale })
      return { person, number }
    }
    const textTo = async (number: string): Promise<string> =>
      (await twilio.next(number, 'Messages')).fields.Body!
    const codeTo = async (number: string): Promise<string> => /^\d{6}/.exec(await textTo(number))![0]
    const texted = async (person: Person, number: string, browser?: Browser) => {
      const opened = await givePassword(rekey, person, {}, browser)
      await opened.press('Text me a code')
      return { browser: opened, code: await codeTo(number) }
    }
    const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    const textsTo = (number: string) => twilio.requests.filter(({ fields }) => fields.To === number)

    describe('by text', () => {
      it('signs in, and the app is told that it was a text', async () => {
        const { person, number } = await withPhone()
        const browser = await givePassword(rekey, person)
        expect(browser.heading).to.equal('Code on your phone')
        expect(textsTo(number)).to.deep.equal([])
        await browser.press('Text me a code')
        expect(browser.words).to.include(
          `We sent a text message with a six-digit code to ••• ${number.slice(-2)}.`,
        )
        await browser.press('Verify', { code: await codeTo(number) })
        const { claims } = await rekey.rp.finish(browser)
        expect(claims.sub).to.equal(person.id)
        expect(claims.amr).to.deep.equal(['mfa', 'pwd', 'sms'])
      })

      it('is written in the person’s language, says how long it works, and can be filled in by the phone', async () => {
        for (const [locale, words] of [
          ['en', 'is your Rekey code. It works for 10 minutes.'],
          ['ja', 'は Rekey のコードです。10分間有効です。'],
        ] as const) {
          const { person, number } = await withPhone(mobile(), locale)
          const browser = await givePassword(rekey, person)
          await browser.press('Text me a code')
          const text = await textTo(number)
          expect(text).to.include(words)
          const [, first, last] = /^(\d{6})[\s\S]*\n\n@localhost #(\d{6})$/.exec(text)!
          expect(first).to.equal(last)
        }
      })

      it('never shows the number', async () => {
        const { person, number } = await withPhone()
        const { browser } = await texted(person, number)
        expect(browser.shown.text).to.not.include(number.slice(3, -2))
      })

      it('is refused when it is wrong, empty or ten minutes old', async () => {
        const { person, number } = await withPhone()
        const { browser, code } = await texted(person, number)
        await browser.press('Verify', { code: ' ' })
        expect(browser.said).to.equal('Enter the six-digit code.')
        await browser.press('Verify', { code: other(code) })
        expect(browser.said).to.equal(wrong)
        rekey.advance(phoneCodeLifetime)
        await browser.press('Verify', { code })
        expect(browser.said).to.equal(expired)
      })

      it('is replaced by the next one', async () => {
        const { person, number } = await withPhone()
        const { browser, code } = await texted(person, number)
        await browser.press('Text me a code')
        expect(browser.said).to.equal('We have sent a new code. Older ones no longer work.')
        const newer = await codeTo(number)
        await browser.press('Verify', { code: code === newer ? other(newer) : code })
        expect(browser.said).to.equal(wrong)
        await browser.press('Verify', { code: newer })
        expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
      })

      it('says so when the message can not be delivered, as Twilio refuses it or says so later', async () => {
        const { person, number } = await withPhone()
        const browser = await givePassword(rekey, person)
        twilio.answers = [{ status: 400, body: { code: 21_610, message: number } }]
        await browser.press('Text me a code')
        await rekey.work()
        await browser.open(browser.shown.url)
        const words = `The message could not be delivered to ••• ${number.slice(-2)}.`
        expect(browser.words).to.include(words)
        await browser.press('Text me a code')
        await twilio.next(number, 'Messages')
        const { fields } = await twilio.next(number, 'Messages')
        await browser.open(browser.shown.url)
        expect(browser.words).to.not.include(words)
        await twilio.tell(fields.StatusCallback!, { MessageStatus: 'undelivered', ErrorCode: '30005' })
        await browser.open(browser.shown.url)
        expect(browser.words).to.include(words)
      })
    })

    describe('by call', () => {
      /** Picks up, presses the keys that the voice asks for, and writes the code down. */
      const pickUp = async (number: string): Promise<{ code: string; asked: string }> => {
        const { fields } = await twilio.next(number, 'Calls')
        const call = listen(fields.Twiml!)
        const [, first, second] = /press (\d), (\d)\./.exec(call.said[0]!)!
        const { xml } = await twilio.tell(call.action!, { Digits: `${first}${second}`, CallSid: 'CA1' })
        const { said } = listen(xml)
        expect(said).to.have.length(2)
        const code = /(\d(?:, \d){5})\./.exec(said[0]!)![1]!.replaceAll(', ', '')
        return { code, asked: fields.Twiml! }
      }

      it('signs in, and the app is told that it was a call', async () => {
        const { person, number } = await withPhone()
        const browser = await givePassword(rekey, person)
        await browser.press('Call me with the code')
        const { code, asked } = await pickUp(number)
        expect(asked)
          .to.not.include(code)
          .and.to.not.include([...code].join(', '))
        await browser.press('Verify', { code })
        expect((await rekey.rp.finish(browser)).claims.amr).to.deep.equal(['mfa', 'pwd', 'tel'])
      })

      it('is the only way for a number that takes no texts', async () => {
        const number = '+81312345678'
        const person = await rekey.person({ calls: [number], phoneOnly: true })
        const browser = await givePassword(rekey, person)
        expect(browser.words).to.not.include('Text me')
        const { action, body } = browser.form('Call me with the code')
        body.set('channel', 'sms')
        await browser.send(action, body)
        expect(browser.said).to.equal('That number takes no text messages. Let us call you instead.')
        expect(textsTo(number)).to.deep.equal([])
        await browser.press('Call me with the code')
        await browser.press('Verify', { code: (await pickUp(number)).code })
        expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
      })

      it('says so when nobody took the call', async () => {
        const { person, number } = await withPhone()
        const browser = await givePassword(rekey, person)
        await browser.press('Call me with the code')
        const { fields } = await twilio.next(number, 'Calls')
        await twilio.tell(fields.StatusCallback!, { CallStatus: 'no-answer' })
        await browser.open(browser.shown.url)
        expect(browser.words).to.include(`Nobody took our call to ••• ${number.slice(-2)}`)
      })

      it('gives its code to nobody who only pretends to be Twilio', async () => {
        const { person, number } = await withPhone()
        const browser = await givePassword(rekey, person)
        await browser.press('Call me with the code')
        const { fields } = await twilio.next(number, 'Calls')
        const { action, said } = listen(fields.Twiml!)
        const keys = { Digits: said[0]!.match(/\d/g)!.join('') }
        for (const signature of ['', 'nonsense', twilio.sign(action!, keys, 'a guess')])
          expect(await twilio.tell(action!, keys, signature)).to.deep.equal({ status: 403, xml: '' })
        const other = action!.replace('localhost', '127.0.0.1')
        expect((await twilio.tell(other, keys)).status).to.equal(421)
        expect((await twilio.tell(action!, keys)).xml).to.include('Your Rekey code is')
      })

      it('speaks Japanese to whoever reads Japanese', async () => {
        const { person, number } = await withPhone(mobile(), 'ja')
        const browser = await givePassword(rekey, person)
        await browser.press('Call me with the code')
        const { fields } = await twilio.next(number, 'Calls')
        const { language, said } = listen(fields.Twiml!)
        expect(language).to.equal('ja-JP')
        expect(said[0]).to.match(/\d、\d の順に押してください。$/)
      })
    })

    it('is offered beside the authenticator, and sent as soon as it is chosen', async () => {
      const number = mobile()
      const person = await rekey.person({ texts: [number] })
      const browser = await givePassword(rekey, person)
      const ways = () =>
        browser.shown.document
          .querySelectorAll('main details button, .lost button')
          .map((button) => button.text.trim())
      expect(ways()).to.deep.equal([
        'Text me a code',
        'Call me with the code',
        'Use a backup code',
        'Reset authentication device',
      ])
      await browser.press('Text me a code')
      expect(browser.heading).to.equal('Code on your phone')
      expect(ways()).to.deep.equal([
        'Use the authenticator app',
        'Use a backup code',
        'Reset authentication device',
      ])
      await browser.press('Verify', { code: await codeTo(number) })
      expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
    })

    it('goes to the number that is chosen where there are several', async () => {
      const [one, two] = ['+819012345611', '+819012345622']
      const person = await rekey.person({ texts: [one, two], phoneOnly: true })
      const browser = await givePassword(rekey, person)
      await browser.press('Text me a code (••• 22)')
      await browser.press('Verify', { code: await codeTo(two) })
      expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
      expect(textsTo(one)).to.deep.equal([])
    })

    describe('belongs to one sign-in, one number and one person', () => {
      it('and is refused in another sign-in of the same person', async () => {
        const { person, number } = await withPhone()
        const first = await texted(person, number)
        const second = await texted(person, number)
        expect(first.code).to.not.equal(second.code)
        await second.browser.press('Verify', { code: first.code })
        expect(second.browser.said).to.equal(wrong)
        await first.browser.press('Verify', { code: first.code })
        expect((await rekey.rp.finish(first.browser)).claims.sub).to.equal(person.id)
      })

      it('and is refused for another person with the same number', async () => {
        const { person, number } = await withPhone()
        const neighbour = await withPhone(number)
        const theirs = await texted(person, number)
        const mine = await texted(neighbour.person, number)
        await mine.browser.press('Verify', { code: theirs.code })
        expect(mine.browser.said).to.equal(theirs.code === mine.code ? '' : wrong)
      })

      it('and is refused once the number was taken away', async () => {
        const number = mobile()
        const person = await rekey.person({ texts: [number, mobile()], phoneOnly: true })
        const browser = await givePassword(rekey, person)
        await browser.press(`Text me a code (••• ${number.slice(-2)})`)
        const code = await codeTo(number)
        await rekey.store.protections.update(person.id, (current) => [
          { ...current!, factors: current!.factors.slice(1) },
          undefined,
        ])
        await browser.press('Verify', { code })
        expect(browser.said).to.equal(expired)
      })

      it('and is nothing to another account in the same browser window', async () => {
        const { person, number } = await withPhone()
        const neighbour = await withPhone()
        const { browser, code } = await texted(person, number)
        await lockOut(browser, code)
        expect(browser.heading).to.equal('Sign in')
        await browser.press('Sign in', { email: neighbour.person.email, password: neighbour.person.password })
        const page = browser.shown.document
        expect(page.querySelector('input[name=code]')).to.equal(null)
        await browser.press('Text me a code')
        await codeTo(neighbour.number)
        await browser.press('Verify', { code })
        expect(browser.said).to.equal(wrong)
      })
    })

    describe('is accepted once', () => {
      it('by one of many that submit it at the same time', async () => {
        const { person, number } = await withPhone()
        const { browser, code } = await texted(person, number)
        const { action, body } = browser.form('Verify', { code })
        const twins = await Promise.all(
          Array.from({ length: 4 }, async () => {
            const twin = new Browser()
            for (const cookie of await browser.jar.getCookies(action))
              await twin.jar.setCookie(cookie, action)
            return twin
          }),
        )
        await Promise.all(twins.map((twin) => twin.send(action, body)))
        const events = (await rekey.store.audit.find('subject', person.id)).map(({ event }) => event)
        expect(events.filter((event) => event === 'sign_in.succeeded')).to.have.length(1)
      })

      it('and sends one code when the same form is sent twice at once', async () => {
        const { person, number } = await withPhone()
        const browser = await givePassword(rekey, person)
        const { action, body } = browser.form('Text me a code')
        const twin = new Browser()
        for (const cookie of await browser.jar.getCookies(action)) await twin.jar.setCookie(cookie, action)
        await Promise.all([browser.send(action, body), twin.send(action, body)])
        await codeTo(number)
        await rekey.work()
        expect(textsTo(number)).to.have.length(1)
      })
    })

    describe('that is guessed', () => {
      it('makes whoever guesses wait, in every sign-in and with every new code', async () => {
        const { person, number } = await withPhone()
        const { browser, code } = await texted(person, number)
        for (let failures = 0; failures < 2; failures += 1)
          await browser.press('Verify', { code: other(code) })
        await browser.press('Text me a code')
        const newer = await codeTo(number)
        for (let failures = 2; failures < throttleLimits.free; failures += 1)
          await browser.press('Verify', { code: other(newer) })
        expect(browser.said).to.equal(wrong)
        const second = await texted(person, number)
        await second.browser.press('Verify', { code: other(second.code) })
        expect([second.browser.heading, second.browser.said]).to.deep.equal(['Sign in', tooMany])
        await browser.press('Verify', { code: newer })
        expect(browser.said).to.equal(tooMany)
        rekey.advance(throttleLimits.firstWait)
        await browser.press('Verify', { code: newer })
        expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
      })

      it('a hundred times in a row switches the number off, and the way out is another one', async () => {
        const { person, number } = await withPhone()
        await rekey.store.protections.update(person.id, (current) => [
          {
            ...current!,
            throttles: { phone: { failures: throttleLimits.disableAfter - 1, lastAt: rekey.now() - hour } },
          },
          undefined,
        ])
        const { browser, code } = await texted(person, number)
        await browser.press('Verify', { code: other(code) })
        expect(browser.said).to.equal(tooMany)
        rekey.advance(throttleLimits.longestWait)
        const again = await givePassword(rekey, person)
        expect(again.words).to.include('There is no number that a code can be sent to.')
        await again.press('Use a backup code')
        await again.press('Verify', { code: person.backupCodes[0]! })
        expect(again.words).to.include('9 codes')
      })
    })

    describe('is not sent', () => {
      it('more often than a person may ask for one, and again later', async () => {
        const { person, number } = await withPhone()
        const browser = await givePassword(rekey, person)
        for (let sent = 0; sent < codesPerHour; sent += 1) await browser.press('Text me a code')
        expect(browser.said).to.equal('We have sent a new code. Older ones no longer work.')
        const fresh = await givePassword(rekey, person)
        await fresh.press('Call me with the code')
        expect(fresh.said).to.equal(
          'Too many codes sent. You can ask for another one in 10 minutes, or use another way.',
        )
        await rekey.work()
        expect(textsTo(number)).to.have.length(codesPerHour)
        rekey.advance(hour / codesPerHour)
        await fresh.press('Call me with the code')
        await twilio.next(number, 'Calls')
      })

      it('more often than a number may get one, whoever asks', async () => {
        const number = mobile()
        for (let sent = 0; sent < codesPerHour; sent += 1) {
          const { person } = await withPhone(number)
          const browser = await givePassword(rekey, person)
          await browser.press('Text me a code')
        }
        const { person } = await withPhone(number)
        const browser = await givePassword(rekey, person)
        await browser.press('Text me a code')
        expect(browser.said).to.match(/^Too many codes sent/)
        await rekey.work()
        expect(textsTo(number)).to.have.length(codesPerHour)
      })

      it('more often than that either when many ask at the same time', async () => {
        const number = mobile()
        const browsers: Browser[] = []
        while (browsers.length < 2 * codesPerHour) {
          const { person } = await withPhone(number)
          browsers.push(await givePassword(rekey, person))
        }
        await Promise.all(browsers.map((browser) => browser.press('Text me a code')))
        await rekey.work()
        expect(textsTo(number)).to.have.length(codesPerHour)
      })

      it('to a country that is not served any more', async () => {
        const { person, number } = await withPhone('+33612345678')
        const browser = await givePassword(rekey, person)
        await browser.press('Text me a code')
        expect(browser.said).to.match(/^We can't send codes to numbers of that country/)
        await rekey.work()
        expect(textsTo(number)).to.deep.equal([])
      })
    })

    it('and its number are in no log and no audit entry', async () => {
      const { person, number } = await withPhone()
      const { browser, code } = await texted(person, number)
      await browser.press('Verify', { code: other(code) })
      await browser.press('Verify', { code })
      const entries = await rekey.store.audit.find('subject', person.id)
      expect(entries.map(({ event }) => event)).to.include.members([
        'phone.code_sent',
        'sign_in.code_refused',
        'sign_in.succeeded',
      ])
      const written = `${JSON.stringify(entries)}${rekey.logged.join('')}`
      expect(written).to.not.include(number).and.to.not.include(number.slice(3))
      expect(JSON.stringify(entries.map(({ detail }) => detail))).to.not.include(code)
      expect(await rekey.dump()).to.not.include(`${code} is your`)
    })

    async function lockOut(browser: Browser, code: string): Promise<void> {
      for (let failures = 0; failures <= throttleLimits.free; failures += 1)
        await browser.press('Verify', { code: other(code) })
    }
  },
  { twilio },
)

story(
  'Codes to everyone together',
  (rekey) => {
    it('have a budget for each country calling code, and one for all', async () => {
      const send = async (number: string) => {
        const person = await rekey.person({ texts: [number], phoneOnly: true })
        const browser = await givePassword(rekey, person)
        await browser.press('Text me a code')
        return browser.said
      }
      const enough = /^Too many codes sent/
      expect(await send('+819011110001')).to.equal('')
      expect(await send('+819011110002')).to.equal('')
      expect(await send('+819011110003')).to.match(enough)
      expect(await send('+12025550147')).to.equal('')
      expect(await send('+447400123456')).to.match(enough)
      rekey.advance(hour)
      expect(await send('+819011110004')).to.equal('')
    })
  },
  { twilio, phone: { perHour: 3, perCountryPerHour: 2 } },
)
