import { copyFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { newTotpSecret, totpUri } from '../../adapters/secrets/totp.ts'
import { batchesOf, fill } from '../../adapters/store/fill.ts'
import { openUpToDate } from '../../adapters/store/migrate.ts'
import { Browser } from '../support/browser.ts'
import { authenticator } from '../support/host.ts'
import { startMailServer } from '../support/mail-server.ts'
import { dropPlace, newPlace, type Place } from '../support/places.ts'
import { freePorts, type Running, run } from '../support/process.ts'
import { type RelyingApp, startRelyingApp } from '../support/relying-app.ts'
import { describeEachEngine, lmdb } from '../support/stores.ts'
import { type Folder, folder, freshKey, rekeyCommand, soundSettings } from './kit.ts'

const names = ['ada', 'ben', 'cleo']
const people = names.map((name) => ({
  name,
  email: `${name}@acme.example`,
  password: `${name} and an engine of differences`,
  secret: newTotpSecret(),
}))

describeEachEngine('A backup', (engine) => {
  let home: Folder
  let place: Place
  let app: RelyingApp
  let settings: { [setting: string]: unknown }
  let config: string
  let backup: string
  let stopMail: () => Promise<void>

  before(async () => {
    home = await folder()
    place = await newPlace(engine)
    const port = await freePorts(1)
    const issuer = `http://localhost:${port}`
    const mail = await startMailServer()
    stopMail = mail.stop
    app = await startRelyingApp(issuer)
    const from = { url: mail.url, from: 'Example <id@example.com>' }
    settings = soundSettings(place.data || home.data, {
      issuer,
      port,
      store: place.store,
      mail: from,
      clients: [app.client],
    })
    config = await home.file('rekey.json', JSON.stringify(settings))
    const taken = await home.file('people.json', JSON.stringify({ people: people.map(imported) }))
    expect((await rekeyCommand(['import', taken, '--config', config])).err).to.equal('')
    backup = join(home.path, 'backup')
  })
  after(async () => {
    await app.stop()
    await stopMail()
    await dropPlace(place)
    await home.remove()
  })

  const imported = ({ secret, ...one }: (typeof people)[0]) => ({
    ...one,
    totp: [totpUri('Rekey', one.email, secret)],
  })

  const serving = async (file: string, use: () => Promise<void>): Promise<void> => {
    const server: Running = run(['standalone/start.mjs', 'serve', '--config', file])
    await server.until('Rekey is listening')
    try {
      await use()
    } finally {
      await server.stop('SIGTERM')
    }
  }

  const signIn = async (name: string): Promise<void> => {
    const { email, password, secret } = people.find((one) => one.name === name)!
    const browser = new Browser()
    await app.start(browser)
    await browser.press('Sign in', { email, password })
    await browser.press('Verify', { code: authenticator(secret, { offset: 0, restore: () => {} })() })
    expect((await app.finish(browser)).claims.email).to.equal(email)
  }

  const elsewhere = (name: string, more: object = {}) =>
    home.file(
      `${name}.json`,
      JSON.stringify({ ...settings, store: 'lmdb', data: join(home.path, name), ...more }),
    )

  it('is made beside a running server, for its user alone, and never over a file', async () => {
    await serving(config, async () => {
      await signIn('ada')
      const made = await rekeyCommand(['backup', backup, '--config', config, '--json'])
      expect(made.code, made.err).to.equal(0)
      expect(JSON.parse(made.out).bytes).to.equal((await stat(backup)).size)
    })
    expect((await stat(backup)).mode & 0o777).to.equal(0o600)
    const before = await readFile(backup)
    const again = await rekeyCommand(['backup', backup, '--config', config])
    expect([again.code, again.err]).to.deep.equal([1, `rekey: ${backup} is there already\n`])
    expect((await readFile(backup)).equals(before)).to.equal(true)
  })

  it('is looked at by rekey check: what is in it, whether the keys fit, and the log', async () => {
    const found = await rekeyCommand(['check', backup, '--config', config, '--json'])
    expect(found.code, found.err).to.equal(0)
    expect(JSON.parse(found.out)).to.include({ ok: true, people: 3, opened: true })
    const keyless = await rekeyCommand(['check', backup])
    expect([keyless.code, keyless.out]).to.satisfy(
      ([code, out]: [number, string]) => code === 0 && out.includes('3 people') && out.includes('--config'),
    )
    const other = await elsewhere('other-keys', { keys: [{ id: 'other', key: freshKey() }] })
    const refused = await rekeyCommand(['check', backup, '--config', other])
    expect([refused.code, refused.err]).to.satisfy(
      ([code, err]: [number, string]) => code === 1 && err.includes('sealed with the key "first"'),
    )
  })

  it('restores into an empty folder, where people sign in as before', async () => {
    const file = await elsewhere('restored')
    const restored = await rekeyCommand(['restore', backup, '--config', file])
    expect(restored.code, restored.err).to.equal(0)
    await serving(file, () => signIn('ben'))
    const again = await rekeyCommand(['restore', backup, '--config', file])
    expect([again.code, again.err]).to.satisfy(
      ([code, err]: [number, string]) => code === 1 && err.includes('a store') && err.includes('already'),
    )
  })

  it('that is cut off, damaged or none at all is refused before anything is written', async () => {
    const bad = join(home.path, 'bad')
    await copyFile(backup, bad)
    await truncate(bad, (await stat(bad)).size - 20)
    const into = await elsewhere('never')
    for (const make of [
      async () => {},
      () => writeFile(bad, 'something else'),
      () => writeFile(bad, ''),
      () => rm(bad),
    ]) {
      await make()
      for (const command of ['restore', 'check']) {
        const { code, err } = await rekeyCommand([command, bad, '--config', into])
        expect(code, err).to.equal(1)
        expect(err)
          .to.include(bad)
          .and.not.match(/^ +at /m)
      }
    }
    expect(await stat(join(home.path, 'never')).catch(({ code }) => code)).to.equal('ENOENT')
  })

  it('moves to another engine and back, and every document with it', async () => {
    const first = `lmdb:${join(home.path, 'restored')}`
    const there = place.store === 'lmdb' ? `lmdb:${join(home.path, 'moved')}` : (await fresh()).store
    const back = `lmdb:${join(home.path, 'back')}`
    for (const [from, to] of [
      [first, there],
      [there, back],
    ] as const) {
      const moved = await rekeyCommand(['move', from, to, '--json'])
      expect(moved.code, moved.err).to.equal(0)
      expect(JSON.parse(moved.out).documents).to.be.above(10)
    }
    const refused = await rekeyCommand(['move', first, there])
    expect([refused.code, refused.err]).to.satisfy(
      ([code, err]: [number, string]) => code === 1 && err.includes('nothing is written over it'),
    )
    await serving(await elsewhere('back'), () => signIn('cleo'))
  })

  const made: Place[] = []
  const fresh = async () => {
    made.push(await newPlace(engine))
    return made.at(-1)!
  }
  after(() => Promise.all(made.map(dropPlace)))

  it('that was restored in part is served by nobody, and restored anew', async () => {
    const source = await lmdb.open()
    const target = await engine.open()
    await openUpToDate(() => source.store, { clock: Date.now })
    await source.store.settings.insert({ id: 'brought', value: 'along' })
    await source.store.devices.insert({ id: 'browser' } as never)
    const snapshot = await source.store.snapshot()
    const cutOff = async function* () {
      yield { collection: 'pairings', documents: [{ id: 'left over' }] } as const
      throw new Error('the line is down')
    }
    const failed = await fill(target.store, cutOff() as never, () => {}).catch(({ message }) => message)
    expect(failed).to.equal('the line is down')
    const served = await openUpToDate(() => ({ ...target.store, close: async () => {} }), {
      clock: Date.now,
    }).catch(({ message }) => message)
    expect(served).to.include('a part of a backup only')
    await fill(target.store, batchesOf(snapshot), () => {})
    await snapshot.close()
    expect(await target.store.pairings.walk({ limit: 1 })).to.deep.equal([])
    expect(await target.store.settings.get('brought')).to.deep.equal({ id: 'brought', value: 'along' })
    await openUpToDate(() => target.store, { clock: Date.now })
    await Promise.all([source.dispose(), target.dispose()])
  })
})
