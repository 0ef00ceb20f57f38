import { expect } from 'chai'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { challengeLifetime } from '../../rules/passkeys.ts'
import { expirePassword } from '../support/accounts.ts'
import {
  type Authenticator,
  makePasskey,
  newAuthenticator,
  optionsOn,
  usePasskey,
} from '../support/authenticator.ts'
import { Browser } from '../support/browser.ts'
import { getReset, givePassword, mailsTo, signIn } from '../support/journeys.ts'
import { holder, passkeyOf, signInByPasskey } from '../support/passkeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const minute = 60_000
const refused = "That passkey didn't work. Try again, or choose another way."

story('Passkey', (rekey) => {
  const person = (options: Parameters<typeof holder>[1] = {}) => holder(rekey, options)
  const eventsOf = async ({ id }: Person) =>
    (await rekey.store.audit.find('subject', id)).map(({ event, detail }) => [event, detail.reason])

  it('is asked for as the second factor, with the other ways one step away', async () => {
    const { owner, key } = await person()
    const browser = await givePassword(rekey, owner)
    expect(browser.heading).to.equal('Use your passkey')
    for (const way of ['Use a backup code', 'Reset authentication device'])
      expect(browser.words).to.include(way)
    const options = await optionsOn(browser)
    expect(options.allowCredentials).to.deep.equal([
      { id: key.credential, type: 'public-key', transports: ['usb'] },
    ])
    expect([options.userVerification, options.rpId]).to.deep.equal(['preferred', 'localhost'])
    await usePasskey(browser, key)
    const { claims } = await rekey.rp.finish(browser)
    expect([claims.acr, claims.amr]).to.deep.equal(['phr', ['mfa', 'hwk', 'pwd', 'user']])
    expect((await passkeyOf(rekey, owner)).lastUsedAt).to.be.closeTo(rekey.now(), minute)
  })

  it('is enough as the second factor without a PIN or a finger', async () => {
    const { owner, key } = await person()
    const browser = await givePassword(rekey, owner)
    await usePasskey(browser, key, { verifies: false })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal('phr')
  })

  it('signs in all by itself, without e-mail and password', async () => {
    const { owner, key } = await person()
    const browser = new Browser()
    await rekey.rp.start(browser)
    const options = await optionsOn(browser)
    expect([options.userVerification, options.allowCredentials]).to.deep.equal(['required', undefined])
    await signInByPasskey(browser, key)
    const { claims } = await rekey.rp.finish(browser)
    expect(claims.sub).to.equal(owner.id)
    expect([claims.acr, claims.amr]).to.deep.equal(['phr', ['mfa', 'hwk', 'user']])
  })

  it('that is synced is told as kept in software', async () => {
    const { key } = await person({ nature: { backupEligible: true, backedUp: true, counts: false } })
    const browser = new Browser()
    await rekey.rp.start(browser)
    await signInByPasskey(browser, key)
    expect((await rekey.rp.finish(browser)).claims.amr).to.deep.equal(['mfa', 'swk', 'user'])
  })

  it('that did not make sure who it is leads to the password', async () => {
    const { owner, key } = await person()
    const browser = new Browser()
    await rekey.rp.start(browser)
    await signInByPasskey(browser, key, { verifies: false })
    expect(browser.heading).to.equal('Sign in')
    expect(browser.said).to.include('Sign in with your password')
    await browser.press('Sign in', { email: owner.email, password: owner.password })
    expect(browser.heading).to.equal('Use your passkey')
  })

  it('that nobody has is refused in the same words, and the browser may forget it', async () => {
    const { key } = await person()
    const stranger = newAuthenticator(new URL(rekey.issuer).origin)
    const browser = new Browser()
    await rekey.rp.start(browser)
    const unknown = () => browser.shown.document.querySelector('[data-unknown]')?.getAttribute('data-unknown')
    await signInByPasskey(browser, stranger)
    expect([browser.said, unknown()]).to.deep.equal([refused, stranger.credential])
    await signInByPasskey(browser, key, { challenge: 'AAAA' })
    expect([browser.said, unknown()]).to.deep.equal([refused, undefined])
  })

  it('that was removed is nobody’s any more', async () => {
    const { owner, key } = await person()
    const browser = await givePassword(rekey, owner, { action: 'manage_factors' })
    await usePasskey(browser, key)
    await browser.press('Remove')
    const next = new Browser()
    await rekey.rp.start(next)
    await signInByPasskey(next, key)
    expect(next.said).to.equal(refused)
  })

  it('must be used within five minutes', async () => {
    const { owner, key } = await person()
    const browser = await givePassword(rekey, owner)
    const credential = key.get(await optionsOn(browser))
    rekey.advance(challengeLifetime)
    await browser.press('Use your passkey', { credential })
    expect(browser.said).to.equal('That took too long. Please try again.')
    await usePasskey(browser, key)
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(owner.id)
  })

  it('is one way among others for who has more than one', async () => {
    const owner = await rekey.person()
    const first = await signIn(rekey, owner, { action: 'enrol:passkey' })
    await makePasskey(first, newAuthenticator(new URL(rekey.issuer).origin))
    const browser = await givePassword(rekey, owner)
    expect(browser.heading).to.equal('Use your passkey')
    await browser.press('Use the authenticator app')
    await browser.press('Verify', { code: rekey.code(owner) })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
  })

  it('says what to do where JavaScript is off', async () => {
    const { owner } = await person()
    const browser = await givePassword(rekey, owner)
    expect(browser.words).to.include('Passkeys need JavaScript, which is turned off here.')
    await browser.press('Use a backup code')
    expect(browser.heading).to.equal('Enter a backup code')
  })

  it('of someone who is deactivated signs in to nothing', async () => {
    const { owner, key } = await person()
    await rekey.store.people.update(owner.id, (current) => [
      { ...current!, status: 'deactivated' },
      undefined,
    ])
    const browser = new Browser()
    await rekey.rp.start(browser)
    await signInByPasskey(browser, key)
    expect(browser.heading).to.equal('This account is deactivated')
  })

  it('asks for a new password after "this wasn’t me", as a password does', async () => {
    const { owner, key } = await person()
    await expirePassword(rekey.store, owner.id)
    const browser = new Browser()
    await rekey.rp.start(browser)
    await signInByPasskey(browser, key)
    expect(browser.heading).to.equal('Set a new password')
  })

  it('asks what to do about an open request, as any old factor does', async () => {
    const us = await team(rekey)
    const { key } = await holder(rekey, { person: us.person })
    const waiting = await givePassword(rekey, us.person)
    await waiting.press('Reset authentication device')
    await waiting.press('Send request')
    const browser = new Browser()
    await rekey.rp.start(browser)
    await signInByPasskey(browser, key)
    await browser.press('Keep the request')
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal('phr')
  })

  it('goes with a reset', async () => {
    const us = await team(rekey)
    const { key } = await holder(rekey, { person: us.person })
    const waiting = await getReset(rekey, us.person, us.admin)
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('Set up your new device')
    const browser = new Browser()
    await rekey.rp.start(browser)
    await signInByPasskey(browser, key)
    expect(browser.said).to.equal(refused)
  })

  it('whose counter goes back is refused as a possible copy, and its owner is told', async () => {
    const { owner, key } = await person()
    const copy = key.copy()
    const first = await givePassword(rekey, owner)
    await usePasskey(first, key)
    const browser = await givePassword(rekey, owner)
    await usePasskey(browser, copy)
    expect(browser.said).to.include('may have been copied')
    expect(await eventsOf(owner)).to.deep.include(['passkey.cloned', undefined])
    const mail = (await mailsTo(rekey, owner.email)).at(-1)!
    expect(mail.subject).to.equal('A passkey of yours may have been copied')
    expect(mail.text).to.include("This wasn't me")
  })
})

story(
  'Step-up to what can not be phished',
  (rekey) => {
    const phr = { acr_values: 'phr' }
    const stepUp = async (): Promise<{ owner: Person; key: Authenticator; browser: Browser }> => {
      const { owner, key } = await holder(rekey, { person: await rekey.person() })
      const browser = await givePassword(rekey, owner)
      await browser.press('Use the authenticator app')
      await browser.press('Verify', { code: rekey.code(owner) })
      expect((await rekey.rp.finish(browser)).claims.acr).to.equal(acrMultiFactor)
      return { owner, key, browser }
    }

    it('is announced', async () => {
      const response = await fetch(`${rekey.issuer}/.well-known/openid-configuration`)
      const metadata = (await response.json()) as { acr_values_supported: string[] }
      expect(metadata.acr_values_supported.slice(-2)).to.deep.equal(['phr', 'phrh'])
    })

    it('asks someone with a passkey for it, whatever they have shown before', async () => {
      const { browser, key } = await stepUp()
      await rekey.rp.start(browser, phr)
      expect(browser.heading).to.equal('Use your passkey')
      await usePasskey(browser, key)
      const { claims } = await rekey.rp.finish(browser)
      expect([claims.acr, claims.amr]).to.deep.equal(['phr', ['mfa', 'hwk', 'otp', 'pwd', 'user']])
    })

    it('happens for an app whose registration says so', async () => {
      const { browser, key } = await stepUp()
      const strict = rekey.others.strict!
      await strict.start(browser, { prompt: 'none' })
      expect(await strict.refusal(browser)).to.equal('unmet_authentication_requirements')
      await strict.start(browser)
      await usePasskey(browser, key)
      expect((await strict.finish(browser)).claims.acr).to.equal('phr')
    })

    it('is silent after a sign-in by passkey', async () => {
      const { key } = await holder(rekey)
      const browser = new Browser()
      await rekey.rp.start(browser)
      await signInByPasskey(browser, key)
      await rekey.rp.finish(browser)
      await rekey.rp.start(browser, { prompt: 'none', ...phr })
      expect((await rekey.rp.finish(browser)).claims.acr).to.equal('phr')
    })

    it('ends at the app for who can not use theirs now', async () => {
      const { browser } = await stepUp()
      await rekey.rp.start(browser, phr)
      await browser.press("I can't use it now")
      expect(await rekey.rp.refusal(browser)).to.equal('unmet_authentication_requirements')
    })

    it('offers to set one up to who has none, after a fresh second factor', async () => {
      const owner = await rekey.person()
      const browser = await signIn(rekey, owner)
      await rekey.rp.finish(browser)
      rekey.advance(6 * minute)
      await rekey.rp.start(browser, phr)
      expect(browser.heading).to.equal('Enter your code')
      await browser.press('Verify', { code: rekey.code(owner) })
      expect(browser.heading).to.equal('Sign in')
      await browser.press('Sign in', { email: owner.email, password: owner.password })
      expect(browser.heading).to.equal('Set up a passkey')
      await makePasskey(browser, newAuthenticator(new URL(rekey.issuer).origin))
      expect((await rekey.rp.finish(browser)).claims.acr).to.equal('phr')
    })

    it('ends at the app for who turns that down', async () => {
      const browser = await signIn(rekey, await rekey.person(), phr)
      expect(browser.heading).to.equal('Set up a passkey')
      await browser.press('Not now')
      expect(await rekey.rp.refusal(browser)).to.equal('unmet_authentication_requirements')
    })

    it('offers a passkey where another kind was begun', async () => {
      const browser = await givePassword(rekey, await rekey.person({ bare: true }), phr)
      expect(browser.heading).to.equal('Set up a passkey')
      await browser.press('Authenticator app')
      expect(browser.heading).to.equal('Set up a passkey')
    })

    it('for hardware ends at the app where no maker is trusted', async () => {
      const { browser } = await stepUp()
      await rekey.rp.start(browser, { acr_values: 'phrh' })
      expect(await rekey.rp.refusal(browser)).to.equal('unmet_authentication_requirements')
    })
  },
  { others: { strict: { default_acr_values: ['phr'] } } },
)
