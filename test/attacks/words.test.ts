import { expect } from 'chai'
import ja from '../../views/locales/ja.json' with { type: 'json' }
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { caseOf } from '../support/cases.ts'
import { codeIn, linkIn, mailsTo, secretOn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { team } from '../support/team.ts'

/** Everything that anyone may be asked to type; none of it is a word that one must know in the right language. */
const typed = ['email', 'password', 'code', 'reason', 'statement']

// ciso-assistant#4270: a confirmation asked for an English word on a translated page.
attack('A confirmation', (rekey) => {
  const japanese = () => new Browser({ 'accept-language': 'ja' })
  const expectNoWords = (browser: Browser) => {
    const asked = browser.shown.document
      .querySelectorAll('input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea')
      .map((field) => field.getAttribute('name'))
    expect(
      asked.filter((name) => !typed.includes(name!)),
      browser.heading,
    ).to.deep.equal([])
  }
  const press = async (browser: Browser, button: string, fields = {}) => {
    expectNoWords(browser)
    await browser.press(button, fields)
  }
  const signIn = (browser: Browser, { email, password }: Person) =>
    press(browser, ja.action.sign_in, { email, password })

  // Seen failing with a field `word` on views/pages/disavow.ejs, and with "I have saved these codes" instead of "yes"
  // compared in `confirm` (interactions/sign-in/steps/backup-codes.ts).
  it('is a button or a box on a Japanese page, never a word to type', async () => {
    const us = await team(rekey, { person: { locale: 'ja' } })
    const waiting = japanese()
    await rekey.rp.start(waiting, { ui_locales: 'ja' })
    await signIn(waiting, us.person)
    await press(waiting, ja.branch.recovery)
    await press(waiting, ja.recovery.send)
    await press(waiting, ja.recovery_waiting.cancel)
    await press(waiting, ja.recovery_closed.continue)
    await press(waiting, ja.branch.recovery)
    await press(waiting, ja.recovery.send)
    const mail = (await mailsTo(rekey, us.person.email)).at(-1)!
    const request = (await mailsTo(rekey, us.admin.email)).at(-1)!

    const admin = japanese()
    await admin.open(linkIn(request.text, '/recovery/approve/'))
    await signIn(admin, us.admin)
    await press(admin, ja.action.verify, { code: rekey.code(us.admin) })
    await press(admin, ja.approve.approve, { code: codeIn(mail.text), reason: '電話で話しました。' })
    expect((await caseOf(rekey, us.person)).status).to.equal('completed')

    await waiting.open(waiting.shown.url)
    await press(waiting, ja.enrol_totp.turn_on, { code: rekey.code({ secret: secretOn(waiting) }) })
    await press(waiting, ja.action.continue, { saved: 'yes' })
    await rekey.rp.finish(waiting)

    const owner = japanese()
    await owner.open(linkIn(mail.text, '/recovery/disavow/'))
    await press(owner, ja.branch.disavow)
    expect(owner.heading).to.equal(ja.disavow_done.title)
  })
})
