import { expect } from 'chai'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { schemaSetting } from '../../adapters/store/migrate.ts'
import { migrations } from '../../adapters/store/migrations.ts'
import type { Store } from '../../adapters/store/store.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { openStoreAsItIs } from '../../standalone/open-store.ts'
import { type Folder, folder, freshKey, rekeyCommand } from '../standalone/kit.ts'
import { Browser } from '../support/browser.ts'
import { type EarlierRelease, earlierRelease } from '../support/earlier-release.ts'
import { codeIn, linkIn, secretOn } from '../support/journeys.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { dropPlace, newPlace, type Place } from '../support/places.ts'
import { freePorts, type Running, run } from '../support/process.ts'
import { insisting, type RelyingApp, type SignedIn, startRelyingApp } from '../support/relying-app.ts'
import { describeEachEngine, type Engine, lmdb } from '../support/stores.ts'
import { type Front, takingTurns } from '../support/taking-turns.ts'

/** The first release whose stores have the version that they have today. */
const earlier = { commit: 'cfcbceb', version: 6 }
const latest = migrations.at(-1)!.to

/** Processes start here, each with much to read; a machine may be busy. */
const longest = 240_000

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const somebody = (id: string, role: string) => ({
  id,
  name: `Person ${id}`,
  email: `${id}@acme.example`,
  password: 'an engine of differences',
  backupCodes: Array.from({ length: 10 }, (_, code) => `0000-0000-${id.length}${code}`),
  totp: [`otpauth://totp/Rekey:person?secret=${secret}`],
  memberships: [{ organization: 'acme', role }],
})
const people = Array.from({ length: 6 }, (_, index) => somebody(`person-${index}`, 'member'))
const admin = somebody('admin', 'super_admin')
const organizations = [{ id: 'acme', name: 'Acme' }]

/** A release that brings the store forward is met on the embedded store: the check is the same everywhere. STORIES=all tries it on all. */
const parting = (engine: Engine) => (engine === lmdb || process.env['STORIES'] === 'all' ? it : it.skip)

describeEachEngine('Two releases on one store', (engine) => {
  let release: EarlierRelease | undefined
  let home: Folder
  let place: Place
  let front: Front
  let app: RelyingApp
  let mail: MailServer
  let old: Awaited<ReturnType<typeof serve>>
  let today: Awaited<ReturnType<typeof serve>>
  let signedIn: (SignedIn & { browser: Browser })[]
  let settings: { [setting: string]: unknown }
  const running: Running[] = []

  before(async function () {
    release = await earlierRelease(earlier.commit)
    if (release === undefined) {
      console.log(`skipped: there is no history here with ${earlier.commit}`)
      return this.skip()
    }
    home = await folder()
    place = await newPlace(engine)
    front = await takingTurns()
    const issuer = `http://localhost:${front.port}`
    app = await startRelyingApp(issuer)
    mail = await startMailServer()
    settings = {
      store: place.store,
      data: place.data || home.data,
      issuer,
      keys: [{ id: 'first', key: freshKey() }],
      mail: { url: mail.url, from: 'Example <id@example.com>' },
      clients: [app.client],
      fetchHosts: ['localhost'],
    }
  })
  after(async () => {
    await Promise.all(running.map((one) => one.stop('SIGKILL')))
    await app?.stop()
    await mail?.stop()
    front?.close()
    if (place) await dropPlace(place)
    await home?.remove()
    await release?.remove()
  })

  async function serve(program: string): Promise<{ port: number; process: Running }> {
    const port = await freePorts(1)
    const config = await home.file(`${port}.json`, JSON.stringify({ ...settings, port }))
    const process = run([program, 'serve', '--config', config])
    running.push(process)
    await process.until('Rekey is listening')
    return { port, process }
  }

  async function onStore<R>(use: (store: Store) => Promise<R>): Promise<R> {
    const store = await openStoreAsItIs(place as never, Date.now)
    return use(store).finally(() => store.close())
  }

  async function signIn({ email, password }: (typeof people)[number]): Promise<Browser> {
    const browser = new Browser()
    await app.start(browser)
    await browser.press('Sign in', { email, password })
    await browser.press('Verify', { code: totpCode(secret, Date.now()) })
    return browser
  }

  it('sign people in together, each request with another', async () => {
    const config = await home.file('config.json', JSON.stringify(settings))
    const file = await home.file('people.json', JSON.stringify({ organizations, people: [...people, admin] }))
    const imported = await rekeyCommand(['import', file, '--config', config])
    expect([imported.code, imported.err]).to.deep.equal([0, ''])
    old = await serve(release!.program)
    today = await serve('standalone/start.mjs')
    front.to([old.port, today.port])
    signedIn = await Promise.all(
      people.map(async (person) => {
        const browser = await signIn(person)
        return { browser, ...(await app.finish(browser)) }
      }),
    )
    expect(signedIn.map(({ claims }) => claims.sub)).to.deep.equal(people.map(({ id }) => id))
  }).timeout(longest)

  it('carry a reset from the request to the new authenticator, and every mail leaves once', async () => {
    const [person] = people
    const loggedOut = app.nextLogout()
    const waiting = new Browser()
    await app.start(waiting, insisting)
    await waiting.press('Sign in', { email: person!.email, password: person!.password })
    await waiting.press('Reset authentication device')
    await waiting.press('Send request')
    const own = await mail.next(person!.email, /^You asked to reset/)
    const request = await mail.next(admin.email, /asks you to reset/)
    const approver = new Browser()
    await approver.open(linkIn(request.text, '/recovery/approve/'))
    await approver.press('Sign in', { email: admin.email, password: admin.password })
    await approver.press('Verify', { code: totpCode(secret, Date.now()) })
    await approver.press('Approve', { code: codeIn(own.text), reason: 'Called, and knew the voice.' })
    expect((await loggedOut).sid).to.equal(signedIn[0]!.claims.sid)
    await waiting.open(waiting.shown.url)
    await waiting.press('Turn on', { code: totpCode(secretOn(waiting), Date.now()) })
    await waiting.press('Continue', { saved: 'yes' })
    const { claims } = await app.finish(waiting)
    expect([claims.sub, claims.acr]).to.deep.equal([person!.id, acrMultiFactor])
    signedIn[0] = { ...signedIn[0]!, browser: waiting, claims }
  }).timeout(longest)

  it('part without a loss: sessions, what was to leave, the log and its chains are whole', async () => {
    const config = await home.file('config.json', JSON.stringify(settings))
    const [one, other] = [old, today].map(({ port }) => front.given.get(port)!)
    expect(Math.min(one!, other!)).to.be.above(people.length * 2)
    expect(await old.process.stop('SIGTERM')).to.equal(0)
    front.to([today.port])
    for (const { browser, claims } of signedIn) {
      await app.start(browser)
      const again = await app.finish(browser)
      expect([again.claims.sub, again.claims.auth_time]).to.deep.equal([claims.sub, claims.auth_time])
    }
    const listed = await rekeyCommand(['audit', 'list', '--config', config, '--json'])
    const log = listed.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const told = (wanted: string) =>
      log.filter(({ event }: { event: string }) => event === wanted).map(({ subject }) => subject)
    expect(told('sign_in.succeeded')).to.have.members([
      ...people.map(({ id }) => id),
      people[0]!.id,
      admin.id,
    ])
    for (const event of ['recovery.awaiting_admin', 'recovery.completing', 'recovery.completed'])
      expect(told(event), event).to.deep.equal([people[0]!.id])
    const verified = await rekeyCommand(['audit', 'verify', '--config', config])
    expect(verified.code, verified.out + verified.err).to.equal(0)
    const sent = mail.mails.map(({ id }) => id)
    expect(new Set(sent).size).to.equal(sent.length)
    const waits = await onStore(({ outbox }) => outbox.find('due', 'yes'))
    expect(waits).to.deep.equal([])
    console.log(
      `      ${people.length} people signed in and one was reset over ${one} requests to ${earlier.commit} and ${other} to today’s: ${sent.length} mails, 0 lost, 0 twice`,
    )
  }).timeout(longest)

  parting(engine)(
    'part when a later one begins to bring the store forward: it ends with a word, and doesn’t start again',
    async () => {
      const { process } = await serve('standalone/start.mjs')
      await onStore(({ settings }) =>
        settings.update(schemaSetting, () => [
          { id: schemaSetting, value: JSON.stringify({ version: latest, collection: 'people' }) },
          undefined,
        ]),
      )
      expect(await process.ended).to.equal(1)
      expect(process.printed()).to.match(/later release: its schema has version \d+, this release knows \d/)
      const config = await home.file('config.json', JSON.stringify(settings))
      const again = await rekeyCommand(['serve', '--config', config])
      expect([again.code, again.err.includes('was written by a later release')]).to.deep.equal([1, true])
    },
  ).timeout(longest)

  parting(engine)('part where the earlier one starts on a store that was brought forward', async () => {
    await onStore(({ settings }) =>
      settings.update(schemaSetting, () => [
        { id: schemaSetting, value: JSON.stringify({ version: earlier.version + 1 }) },
        undefined,
      ]),
    )
    const config = await home.file('config.json', JSON.stringify(settings))
    const process = run([release!.program, 'serve', '--config', config])
    expect(await process.ended).to.equal(1)
    expect(process.printed()).to.include('was written by a later release')
  }).timeout(longest)
})
