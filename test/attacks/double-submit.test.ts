import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { type GatedStore, gated } from '../support/gates.ts'
import { givePassword } from '../support/journeys.ts'
import { type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

// Seen failing with `sayNext` (interactions/sign-in/attempts.ts) raising the attempt's revision: the code was spent, and asked for again.
describeEachEngine('A form that is sent twice', (engine) => {
  let opened: Opened
  let gates: GatedStore
  let rekey: Rekey

  before(async () => {
    opened = await engine.open(() => Date.now())
    gates = gated(opened.store)
    rekey = await startRekey(gates.store)
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
  })

  /** Presses a button; once the account has taken what was sent, and before the sign-in knows, sends it again. */
  async function pressTwice(browser: Browser, account: string, button: string, code: string): Promise<void> {
    const { action, body } = browser.form(button, { code })
    const gate = gates.hold(1, { collection: 'protections', operation: 'update', id: account, when: 'after' })
    const first = browser.press(button, { code })
    await gate.reached
    const second = new Browser()
    Object.assign(second, { jar: browser.jar })
    await second.send(action, body)
    gate.open()
    await first
  }

  it('with a code from the authenticator counts once, and the person goes on', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    await pressTwice(browser, person.id, 'Verify', rekey.code(person))
    expect(browser.shown.url).to.include(rekey.rp.origin)
  })

  it('with a backup code spends it once, and the person goes on', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    await browser.press('Use a backup code')
    await pressTwice(browser, person.id, 'Verify', person.backupCodes[0]!)
    expect(browser.heading).to.equal("You're signed in")
    const { backupCodes } = await rekey.account(person)
    expect(backupCodes!.codes.filter(({ usedAt }) => usedAt !== undefined)).to.have.length(1)
  })
})
