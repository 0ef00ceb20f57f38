import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { givePassword } from '../support/journeys.ts'
import { mortalStore } from '../support/mortal-store.ts'
import { startRekey } from '../support/rekey.ts'
import { describeEachEngine } from '../support/stores.ts'

const keys = [{ id: 'test', key: Buffer.alloc(32, 7).toString('base64url') }]

// Seen failing with the device marked as announced when it is first remembered (`rememberDevice`), and with a random
// secret in place of one that is drawn from the attempt (interactions/sign-in/known-browser.ts).
describeEachEngine('The word about a new device, from a process that is killed', (engine) => {
  it('is given once, whichever write it was killed before', async function () {
    this.timeout(120_000)
    const clock = { offset: 0 }
    const opened = await engine.open(() => Date.now() + clock.offset)
    let writes = 0
    for (let dead = true; dead; writes += 1) {
      const first = await startRekey(opened.store, { keys, clock, port: 0 })
      const { mail, rp } = first
      const person = await first.person()
      const browser = new Browser()
      await givePassword(first, person, {}, browser)
      const page = browser.shown.url
      const port = Number(new URL(first.issuer).port)
      const code = first.code(person)
      await first.kill()
      await first.app.stop()

      const mortal = mortalStore(opened.store, writes)
      const killed = await startRekey(mortal.store, { keys, clock, mail, rp, port })
      // What it answers never arrives.
      const lost = new Browser()
      for (const cookie of await browser.jar.getCookies(page)) await lost.jar.setCookie(cookie, page)
      lost.shown = browser.shown
      await lost.press('Verify', { code }, { stopAt: rp.origin }).catch(() => {})
      dead = mortal.dead()
      await killed.kill()
      await killed.app.stop().catch(() => {})

      const next = await startRekey(opened.store, { keys, clock, mail, rp, port })
      clock.offset += 60_000
      await browser.open(page, { stopAt: rp.origin })
      if (browser.heading === 'Enter your code')
        await browser.press('Verify', { code: next.code(person) }, { stopAt: rp.origin })
      expect(browser.shown.url, `${writes} writes`).to.include(rp.origin)
      await next.work()
      const told = mail.mails.filter(
        ({ to, subject }) => to === person.email && subject.includes('new device'),
      )
      // What was handed over and not written down is sent again, as the same message.
      expect(new Set(told.map(({ id }) => id)), `${writes} writes`).to.have.length(1)
      expect(await next.store.devices.find('account', person.id), `${writes} writes`).to.have.length(1)
      await next.kill()
      await next.app.stop()
      await mail.stop()
    }
    expect(writes).to.be.greaterThan(6)
    await opened.dispose()
  })
})
