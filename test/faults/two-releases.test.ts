import { expect } from 'chai'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { schemaSetting } from '../../adapters/store/migrate.ts'
import { migrations } from '../../adapters/store/migrations.ts'
import type { Store } from '../../adapters/store/store.ts'
import { openStoreAsItIs } from '../../standalone/open-store.ts'
import { type Folder, folder, freshKey, rekeyCommand } from '../standalone/kit.ts'
import { Browser } from '../support/browser.ts'
import { type EarlierRelease, earlierRelease } from '../support/earlier-release.ts'
import { dropPlace, newPlace, type Place } from '../support/places.ts'
import { freePorts, type Running, run } from '../support/process.ts'
import { type RelyingApp, startRelyingApp } from '../support/relying-app.ts'
import { lmdb } from '../support/stores.ts'
import { type Front, takingTurns } from '../support/taking-turns.ts'

/** The first release whose stores have the version that they have today. */
const earlier = { commit: '6f96b21', version: 4 }
const latest = migrations.at(-1)!.to

/** Processes start here, each with much to read; a machine may be busy. */
const longest = 240_000

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const people = Array.from({ length: 6 }, (_, index) => ({
  id: `person-${index}`,
  name: `Person ${index}`,
  email: `person-${index}@acme.example`,
  password: 'an engine of differences',
  backupCodes: Array.from({ length: 10 }, (_, code) => `0000-0000-00${index}${code}`),
  totp: [`otpauth://totp/Rekey:person?secret=${secret}`],
}))

/** On the embedded store alone: what is tried is what the releases write, which is the same documents everywhere. */
describe('Two releases on one store', () => {
  let release: EarlierRelease | undefined
  let home: Folder
  let place: Place
  let front: Front
  let app: RelyingApp
  let settings: { [setting: string]: unknown }
  const running: Running[] = []

  before(async function () {
    release = await earlierRelease(earlier.commit)
    if (release === undefined) {
      console.log(`skipped: there is no history here with ${earlier.commit}`)
      return this.skip()
    }
    home = await folder()
    place = await newPlace(lmdb)
    front = await takingTurns()
    const issuer = `http://localhost:${front.port}`
    app = await startRelyingApp(issuer)
    settings = {
      store: place.store,
      data: place.data || home.data,
      issuer,
      keys: [{ id: 'first', key: freshKey() }],
      mail: { url: 'smtp://127.0.0.1:1', from: 'Example <id@example.com>' },
      clients: [app.client],
    }
  })
  after(async () => {
    await Promise.all(running.map((one) => one.stop('SIGKILL')))
    await app?.stop()
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

  it('sign people in together, each request with another, and nothing is lost', async () => {
    const config = await home.file('config.json', JSON.stringify(settings))
    const file = await home.file('people.json', JSON.stringify({ people }))
    const imported = await rekeyCommand(['import', file, '--config', config])
    expect([imported.code, imported.err]).to.deep.equal([0, ''])
    const old = await serve(release!.program)
    const today = await serve('standalone/start.mjs')
    front.to([old.port, today.port])
    const signedIn = await Promise.all(
      people.map(async (person) => {
        const browser = await signIn(person)
        return { browser, ...(await app.finish(browser)) }
      }),
    )
    expect(signedIn.map(({ claims }) => claims.sub)).to.deep.equal(people.map(({ id }) => id))
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
    const told = log.filter(({ event }: { event: string }) => event === 'sign_in.succeeded')
    expect(told.map(({ subject }: { subject: string }) => subject)).to.have.members(
      people.map(({ id }) => id),
    )
    const verified = await rekeyCommand(['audit', 'verify', '--config', config])
    expect(verified.code, verified.out + verified.err).to.equal(0)
    console.log(
      `      ${people.length} people signed in over ${one} requests to ${earlier.commit} and ${other} to today’s: 0 lost, 0 twice`,
    )
  }).timeout(longest)

  it('part when a later one begins to bring the store forward: it ends with a word, and doesn’t start again', async () => {
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
  }).timeout(longest)

  it('part where the earlier one starts on a store that was brought forward', async () => {
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
