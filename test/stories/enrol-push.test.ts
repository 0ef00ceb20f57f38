import { expect } from 'chai'
import { pairingLifetime } from '../../rules/pairing.ts'
import { Browser } from '../support/browser.ts'
import { givePassword, mailsTo } from '../support/journeys.ts'
import { PhoneApp } from '../support/phone-app.ts'
import { numberOn, pairingLink, pairOn, startPairing, withPhone } from '../support/push-journeys.ts'
import { story } from '../support/story.ts'

story('Connecting a phone', (rekey) => {
  const phoneApp = () => new PhoneApp(rekey.issuer, rekey.now)

  it('begins with a QR code whose token stands where no log sees it, and goes on with a number', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await startPairing(rekey, person)
    expect(browser.heading).to.equal('Connect your phone')
    expect(browser.shown.document.querySelector('svg.qr')).to.not.equal(null)
    expect(pairingLink(browser)).to.match(new RegExp(`^${rekey.issuer}/authenticator#pair=[\\w-]{43}$`))
    expect(browser.shown.document.querySelector('.number')).to.equal(null)
    const phone = phoneApp()
    await phone.open(pairingLink(browser))
    await browser.open(browser.shown.url)
    expect(browser.words).to.include('A phone has connected (Chrome · Android).')
    expect(numberOn(browser)).to.match(/^\d{6}$/)
  })

  it('changes nothing of the account until the sign-in that asked goes on', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await startPairing(rekey, person)
    const before = await rekey.account(person)
    const phone = phoneApp()
    await phone.open(pairingLink(browser))
    await browser.open(browser.shown.url)
    expect((await phone.typePairing(numberOn(browser))).body).to.include({
      account: person.id,
      email: person.email,
      issuer: 'Rekey',
    })
    expect(await rekey.account(person)).to.deep.equal(before)
    expect((await phone.look()).state).to.equal('pending')
    await browser.press('Continue')
    expect(browser.heading).to.equal('Save your backup codes')
    expect((await phone.look()).state).to.equal('ready')
    const [factor] = (await rekey.account(person)).factors
    expect(factor).to.include({ kind: 'push', id: phone.id })
    expect(JSON.stringify(factor)).to.not.include(phone.secret)
    expect((await mailsTo(rekey, person.email)).map(({ subject }) => subject)).to.include(
      'A sign-in method was added',
    )
  })

  it('gives a code that works offline, as an authenticator app would', async () => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    await browser.press('Use the code in the app')
    await browser.press('Verify', { code: phone.code() })
    expect((await rekey.rp.finish(browser)).claims.amr).to.deep.equal(['mfa', 'otp', 'pwd'])
  })

  it('is for the phone that comes first; a second one is told so, and the page starts over', async () => {
    const browser = await startPairing(rekey, await rekey.person({ bare: true }))
    const link = pairingLink(browser)
    const [stranger, own] = [phoneApp(), phoneApp()]
    expect((await stranger.open(link)).status).to.equal(200)
    expect((await own.open(link)).body.error).to.equal('taken')
    await browser.open(browser.shown.url)
    await browser.press('Start over with another phone')
    expect(pairingLink(browser)).to.not.equal(link)
    expect((await stranger.typePairing('123456')).body.error).to.equal('gone')
    await own.open(pairingLink(browser))
    await browser.open(browser.shown.url)
    expect((await own.typePairing(numberOn(browser))).status).to.equal(200)
  })

  it('ends after five wrong numbers', async () => {
    const browser = await startPairing(rekey, await rekey.person({ bare: true }))
    const stranger = phoneApp()
    await stranger.open(pairingLink(browser))
    await browser.open(browser.shown.url)
    const number = numberOn(browser)
    const wrong = number === '000000' ? '000001' : '000000'
    for (let time = 0; time < 4; time += 1)
      expect((await stranger.typePairing(wrong)).body.error).to.equal('wrong')
    expect((await stranger.typePairing(wrong)).body.error).to.equal('gone')
    expect((await stranger.typePairing(number)).body.error).to.equal('gone')
    await browser.press('Continue')
    expect(browser.said).to.equal('That QR code was used. Here is a new one.')
  })

  it('waits for ten minutes', async () => {
    const browser = await startPairing(rekey, await rekey.person({ bare: true }))
    const link = pairingLink(browser)
    rekey.advance(pairingLifetime)
    expect((await phoneApp().open(link)).body.error).to.equal('gone')
    await browser.open(browser.shown.url)
    expect(pairingLink(browser)).to.not.equal(link)
    expect((await phoneApp().open(pairingLink(browser))).status).to.equal(200)
  })

  it('shows the same picture in a second tab', async () => {
    const browser = await startPairing(rekey, await rekey.person({ bare: true }))
    const link = pairingLink(browser)
    await browser.open(browser.shown.url)
    expect(pairingLink(browser)).to.equal(link)
  })

  it('can be left for another kind, and put off', async () => {
    const browser = await startPairing(rekey, await rekey.person({ bare: true }))
    await browser.press('Authenticator app')
    expect(browser.heading).to.equal('Set up an authenticator app')
    await browser.press('Rekey authenticator')
    await browser.press('Not now')
    expect((await rekey.rp.finish(browser)).claims.amr).to.deep.equal(['pwd'])
  })

  it('has no secret in any store but sealed, and none in the log', async () => {
    const person = await rekey.person({ bare: true })
    const browser = await startPairing(rekey, person)
    const token = pairingLink(browser).split('=')[1]!
    const phone = await pairOn(rekey, browser)
    const stored = await rekey.dump()
    for (const secret of [token, phone.secret]) {
      expect(stored).to.not.include(secret)
      expect(rekey.logged.join('\n')).to.not.include(secret)
    }
  })

  it('tells the phone when its account has it no more', async () => {
    const { person, phone } = await withPhone(rekey)
    const leaving = new AbortController()
    const told = await phone.listen(leaving.signal)
    expect((await told()).state).to.equal('ready')
    await rekey.store.protections.update(person.id, (current) => [{ ...current!, factors: [] }, undefined])
    expect((await told()).state).to.equal('removed')
    leaving.abort()
    expect((await phone.ask('answer', { prompt: 'x', decision: 'not_me' })).body.error).to.equal('removed')
  })

  it('has a page that says that it needs JavaScript, and what a home screen needs', async () => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/authenticator`)
    expect(browser.words).to.include('The authenticator needs JavaScript')
    const answer = await fetch(`${rekey.issuer}/authenticator/manifest.webmanifest`)
    const manifest = (await answer.json()) as { icons: { src: string }[] }
    expect(manifest).to.include({
      start_url: '/authenticator',
      scope: '/authenticator',
      display: 'standalone',
    })
    for (const { src } of manifest.icons) expect((await fetch(rekey.issuer + src)).status).to.equal(200)
    const worker = await fetch(`${rekey.issuer}/authenticator/worker.js`)
    expect(worker.headers.get('service-worker-allowed')).to.equal('/authenticator')
    expect(worker.headers.get('content-type')).to.include('javascript')
  })
})
