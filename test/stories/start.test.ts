import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { passwordHashes } from '../../standalone/demo/password-hashes.ts'
import { people } from '../../standalone/demo/people.ts'
import type { ListedPerson } from '../../standalone/demo/seed.ts'
import { rekeyCommand } from '../standalone/kit.ts'
import { Browser } from '../support/browser.ts'
import { secretOn } from '../support/journeys.ts'
import { startMailServer } from '../support/mail-server.ts'
import { dropPlace, newPlace, type Place } from '../support/places.ts'
import { type Demo, freePorts, run, startDemo } from '../support/process.ts'
import { startRelyingApp } from '../support/relying-app.ts'
import { describeStory } from '../support/stores.ts'

const folder = () => mkdtemp(join(tmpdir(), 'rekey-'))

describeStory('npm start', (engine) => {
  let place: Place
  let data: string
  let demo: Demo
  let spent: string

  before(async () => {
    place = await newPlace(engine)
    data = place.data || (await folder())
    demo = await startDemo(data, { REKEY_STORE: place.store })
  })
  after(async () => {
    await demo.stop()
    await dropPlace(place)
    await rm(data, { recursive: true, force: true })
  })

  it('prints where things are, who the people are, their passwords, and what to try first', () => {
    const printed = demo.printed()
    for (const place of [demo.app, demo.issuer, `${demo.issuer}/dev/inbox`]) expect(printed).to.include(place)
    for (const { email, password, id } of people.filter((one) => !/^lake-[0-3]/.test(one.id)))
      expect(printed, id).to.match(new RegExp(`${email}\\s+${password}`))
    for (const words of ['npm run code', 'Try this first', 'Reset authentication device'])
      expect(printed).to.include(words)
  })

  it('keeps what each password comes to beside it', async () => {
    const { verify } = createPasswords()
    for (const { password } of new Map(people.map((one) => [one.password, one])).values())
      expect(await verify(passwordHashes[password], password), password).to.equal(true)
  })

  it('lists the people with everything that a script needs to sign in as them', async () => {
    const listed = (await (await fetch(`${demo.issuer}/dev/people.json`)).json()) as ListedPerson[]
    expect(listed).to.have.length(people.length)
    const mina = listed.find((one) => one.email === 'mina@hanami.example')!
    expect(mina).to.include({ name: 'Mina Sato', password: 'plum-lantern-river-41', status: 'active' })
    expect(mina.backupCodes).to.have.length(10)
    expect(mina.otpauth).to.match(/^otpauth:\/\/totp\//)
    expect(mina.memberships).to.deep.equal([{ organization: 'Hanami Design', role: 'member' }])
    const nils = listed.find((one) => one.email === 'nils@nordlys.example')!
    expect([nils.otpauth, nils.backupCodes]).to.deep.equal([null, []])
  })

  it('signs people in to the demo app, which shows acr, amr and auth_time', async () => {
    spent = (await demo.person('mina')).backupCodes[0]!
    const browser = await atBackupCode()
    await browser.press('Verify', { code: spent })
    await browser.press('Continue')
    expect(browser.heading).to.equal('Demo App')
    const token = JSON.parse(browser.shown.document.querySelector('#id-token')!.textContent)
    expect(token.sub).to.equal('mina')
    expect(token.amr).to.include('mfa')
    expect(browser.words).to.include(new Date(token.auth_time * 1000).toISOString())
  })

  it('has texts and calls in the inbox, for those who have a phone', async () => {
    const { email, password, phone } = await demo.person('noor')
    const browser = new Browser()
    await browser.open(`${demo.app}/login`)
    await browser.press('Sign in', { email, password })
    await browser.press('Text me a code')
    await browser.press('Call me with the code')
    const [text, call] = await demo.mailsTo(phone!)
    expect([text!.channel, call!.channel]).to.deep.equal(['sms', 'voice'])
    expect(text!.text).to.match(/^\d{6} is your Rekey code/)
    const [code] = /\d{6}/.exec(call!.text)!
    await browser.press('Verify', { code })
    expect(browser.heading).to.equal('Demo App')
    await browser.open(`${demo.issuer}/dev/inbox`)
    expect(browser.words).to.include(`Text message to ${phone}`).and.to.include(`Call to ${phone}`)
    expect(browser.words).to.include(`Your Rekey code is: ${[...code].join(', ')}.`)
  })

  it('shows a mail as people see it, in a frame that runs nothing', async () => {
    const inbox = await fetch(`${demo.issuer}/dev/inbox`)
    const frame = /<iframe[^>]*src="([^"]+)"[^>]*sandbox="([^"]*)"/.exec(await inbox.text())!
    expect(frame[2]).to.not.include('allow-scripts')
    expect(inbox.headers.get('content-security-policy')).to.include("frame-src 'self'")
    const mail = await fetch(new URL(frame[1]!, demo.issuer))
    expect(mail.headers.get('content-security-policy')).to.include("default-src 'none'")
    expect(await mail.text()).to.include('role="presentation"')
    expect((await fetch(`${demo.issuer}/dev/inbox/9999`)).status).to.equal(404)
  })

  it('stops when it is asked to, and goes on with its data when it is started again', async () => {
    const before = await demo.person('mina')
    expect(before.backupCodes).to.not.include(spent)
    const keys = await readFile(join(data, 'demo-keys.json'), 'utf8')
    const mails = await demo.mailsTo(before.email)
    expect(await demo.stop('SIGINT')).to.equal(0)
    demo = await startDemo(data, { REKEY_STORE: place.store })
    expect(await readFile(join(data, 'demo-keys.json'), 'utf8')).to.equal(keys)
    expect(await demo.person('mina')).to.deep.equal(before)
    expect(await demo.mailsTo(before.email)).to.deep.equal(mails)
    const browser = await atBackupCode()
    await browser.press('Verify', { code: spent })
    expect(browser.said).to.include('used already')
    await browser.press('Verify', { code: before.backupCodes[0]! })
    expect(browser.words).to.include('8 codes are left')
  })

  it('stops for SIGTERM as well, with a sign-in under way', async () => {
    const browser = new Browser()
    await browser.open(`${demo.app}/login`)
    expect(await demo.stop('SIGTERM')).to.equal(0)
    demo = await startDemo(data, { REKEY_STORE: place.store })
  })

  async function atBackupCode(): Promise<Browser> {
    const { email, password } = await demo.person('mina')
    const browser = new Browser()
    await browser.open(`${demo.app}/login`)
    await browser.press('Sign in', { email, password })
    await browser.press('Use a backup code')
    return browser
  }
})

describe('rekey serve', () => {
  it('without a configuration names everything that is missing, and stops with code 1', async () => {
    const running = run(['standalone/start.mjs', 'serve'])
    expect(await running.ended).to.equal(1)
    for (const setting of ['issuer', 'keys', 'mail'])
      expect(running.printed()).to.match(new RegExp(`^ {2}${setting}: `, 'm'))
    expect(running.printed()).to.not.include(' at ')
  })

  it('with a faulty configuration names every fault at once, and repeats no value', async () => {
    const data = await folder()
    const file = join(data, 'rekey.json')
    const faulty = {
      issuer: 'https://id.example/?path',
      keys: [{ id: 'a', key: 'too-short-but-secret' }],
      port: 'x',
      nonsense: 1,
    }
    await writeFile(file, JSON.stringify(faulty))
    const { code, out, err } = await rekeyCommand(['serve'], { REKEY_CONFIG: file })
    expect(code).to.equal(1)
    for (const setting of ['issuer', 'keys.0.key', 'port', 'configuration', 'mail'])
      expect(err).to.match(new RegExp(`^ {2}${setting}: `, 'm'))
    expect(out + err).to.not.include('too-short-but-secret')
    await rm(data, { recursive: true })
  })

  it('says so when its configuration can’t be read', async () => {
    for (const file of ['/no/such/file.json', new URL('../../README.md', import.meta.url).pathname]) {
      const { code, err } = await rekeyCommand(['serve'], { REKEY_CONFIG: file })
      expect(code).to.equal(1)
      expect(err).to.include("REKEY_CONFIG: can't be read")
    }
  })

  it('says so when its port is taken', async () => {
    const data = await folder()
    const demo = await startDemo(data)
    const other = await folder()
    const running = run(['standalone/demo.mjs', '--demo'], {
      REKEY_PORT: new URL(demo.issuer).port,
      REKEY_DATA: other,
    })
    expect(await running.ended).to.equal(1)
    expect(running.printed()).to.include('EADDRINUSE')
    await demo.stop()
    await Promise.all([data, other].map((path) => rm(path, { recursive: true })))
  })

  it('with a configuration is the product: real mail, no seeded people, nothing below /dev', async () => {
    const data = await folder()
    const mail = await startMailServer()
    const port = await freePorts(1)
    const issuer = `http://localhost:${port}`
    const app = await startRelyingApp(issuer)
    const file = join(data, 'rekey.json')
    await writeFile(
      file,
      JSON.stringify({
        issuer,
        port,
        data: join(data, 'store'),
        keys: [{ id: 'first', key: randomBytes(32).toString('base64url') }],
        mail: { url: mail.url, from: 'Example <id@example.com>' },
        clients: [app.client],
      }),
    )
    const imported = join(data, 'people.json')
    const ada = { name: 'Ada', email: 'ada@people.example', password: 'an engine of differences' }
    await writeFile(imported, JSON.stringify({ people: [ada] }))
    expect((await rekeyCommand(['import', imported], { REKEY_CONFIG: file })).code).to.equal(0)
    const running = run(['standalone/start.mjs', 'serve'], { REKEY_CONFIG: file })
    await running.until('Rekey is listening')
    for (const path of ['people.json', 'inbox.json', 'inbox', 'clock']) {
      for (const method of ['GET', 'POST'])
        expect((await fetch(`${issuer}/dev/${path}`, { method })).status, path).to.equal(404)
    }
    const browser = new Browser()
    await app.start(browser)
    await browser.press('Sign in', { email: 'mina@hanami.example', password: 'plum-lantern-river-41' })
    expect(browser.said).to.equal('The email address or the password is wrong.')
    await browser.press('Sign in', { email: ada.email, password: ada.password })
    await browser.press('Turn on', { code: totpCode(secretOn(browser), Date.now()) })
    await browser.press('Continue', { saved: 'yes' })
    expect((await app.finish(browser)).claims.amr).to.include('mfa')
    expect((await mail.next(ada.email, /./)).subject).to.equal('A sign-in method was added')
    expect(await running.stop('SIGTERM')).to.equal(0)
    await app.stop()
    await mail.stop()
    await rm(data, { recursive: true })
  })
})
