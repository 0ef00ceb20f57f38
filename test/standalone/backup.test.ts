import { copyFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { auditKeys } from '../../adapters/secrets/audit-keys.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { newTotpSecret, totpUri } from '../../adapters/secrets/totp.ts'
import { batchesOf, fill } from '../../adapters/store/fill.ts'
import { openUpToDate } from '../../adapters/store/migrate.ts'
import { restoreFile } from '../../standalone/backup/restore.ts'
import { transfer } from '../../standalone/backup/transfer.ts'
import { type Authenticator, makePasskey, newAuthenticator } from '../support/authenticator.ts'
import { Browser } from '../support/browser.ts'
import { authenticator } from '../support/host.ts'
import { startMailServer } from '../support/mail-server.ts'
import { signInByPasskey } from '../support/passkeys.ts'
import { dropPlace, newPlace, type Place } from '../support/places.ts'
import { freePorts, type Running, run } from '../support/process.ts'
import { type RelyingApp, startRelyingApp } from '../support/relying-app.ts'
import { describeEachEngine, lmdb } from '../support/stores.ts'
import { type Folder, folder, freshKey, rekeyCommand, soundSettings } from './kit.ts'

const names = ['ada', 'ben', 'cleo']
const people = names.map((name) => ({
  id: name,
  name,
  email: `${name}@acme.example`,
  password: `${name} and an engine of differences`,
  secret: newTotpSecret(),
}))

const imported = ({ secret, ...one }: (typeof people)[0]) => ({
  ...one,
  totp: [totpUri('Rekey', one.email, secret)],
})

describe('rekey backup, check and move', () => {
  let home: Folder
  let config: string
  let backup: string

  before(async () => {
    home = await folder()
    config = await home.file('rekey.json', JSON.stringify(soundSettings(home.data)))
    const taken = await home.file('people.json', JSON.stringify({ people: people.slice(0, 1).map(imported) }))
    expect((await rekeyCommand(['import', taken, '--config', config])).err).to.equal('')
    await home.store(async (store) => {
      const ring = createKeyRing([{ id: 'lost', key: freshKey() }])
      await auditKeys(store, ring, 'http://localhost:3000')
    })
    backup = join(home.path, 'backup')
    expect((await rekeyCommand(['backup', backup, '--config', config])).code).to.equal(0)
  })
  after(() => home.remove())

  it('never write over a file, or read what is no store', async () => {
    const before = await readFile(backup)
    const again = await rekeyCommand(['backup', backup, '--config', config])
    expect([again.code, again.err]).to.deep.equal([1, `rekey: ${backup} is there already\n`])
    expect((await readFile(backup)).equals(before)).to.equal(true)
    const nothing = await rekeyCommand(['move', `lmdb:${home.path}/none`, `lmdb:${home.path}/new`])
    expect([nothing.code, nothing.err]).to.deep.equal([1, `rekey: there is no store in ${home.path}/none\n`])
  })

  it('say that the keys were not looked at where none are given, and which one is missing', async () => {
    const keyless = await rekeyCommand(['check', backup])
    expect(keyless.out).to.include('1 people').and.include('--config')
    const { code, err } = await rekeyCommand(['check', backup, '--config', config])
    expect(code).to.equal(1)
    expect(err).to.include('sealed with the key "lost"')
  })
})

describeEachEngine('A backup', (engine) => {
  let home: Folder
  let place: Place
  let app: RelyingApp
  let settings: { [setting: string]: unknown }
  let config: string
  let backup: string
  let key: Authenticator
  let stopMail: () => Promise<void>

  before(async () => {
    home = await folder()
    place = await newPlace(engine)
    const port = await freePorts(1)
    const issuer = `http://localhost:${port}`
    key = newAuthenticator(issuer)
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

  const serving = async (file: string, use: () => Promise<void>): Promise<void> => {
    const server: Running = run(['standalone/start.mjs', 'serve', '--config', file])
    await server.until('Rekey is listening')
    try {
      await use()
    } finally {
      await server.stop('SIGTERM')
    }
  }

  const signIn = async (name: string): Promise<Browser> => {
    const { email, password, secret } = people.find((one) => one.name === name)!
    const browser = new Browser()
    await app.start(browser)
    await browser.press('Sign in', { email, password })
    await browser.press('Verify', { code: authenticator(secret, { offset: 0, restore: () => {} })() })
    await browser.press('Make backup codes')
    await browser.press('Continue', { saved: 'yes' })
    expect((await app.finish(browser)).claims.sub).to.equal(name)
    return browser
  }

  /** In words for the operator. */
  const refusal = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'nothing was refused',
      ({ name, message }: Error) =>
        /Refusal|ConfigError|StoreFault/.test(name) ? message : `a fault: ${name}`,
    )

  const elsewhere = (name: string, more: object = {}) =>
    home.file(
      `${name}.json`,
      JSON.stringify({ ...settings, store: 'lmdb', data: join(home.path, name), ...more }),
    )

  it('is made beside a running server, for its user alone', async () => {
    await serving(config, async () => {
      const browser = await signIn('ada')
      await app.start(browser, { action: 'enrol:passkey' })
      await makePasskey(browser, key)
      await app.finish(browser)
      const made = await rekeyCommand(['backup', backup, '--config', config, '--json'])
      expect(made.code, made.err).to.equal(0)
      expect(JSON.parse(made.out).bytes).to.equal((await stat(backup)).size)
    })
    expect((await stat(backup)).mode & 0o777).to.equal(0o600)
  })

  it('is looked at by rekey check: what is in it, whether the keys fit, and the log', async () => {
    const found = await rekeyCommand(['check', backup, '--config', config, '--json'])
    expect(found.code, found.err).to.equal(0)
    expect(JSON.parse(found.out)).to.include({ ok: true, people: 3, opened: true })
  })

  it('restores into an empty folder, where people sign in as before: with a code, and with a passkey', async () => {
    const file = await elsewhere('restored')
    const restored = await rekeyCommand(['restore', backup, '--config', file])
    expect(restored.code, restored.err).to.equal(0)
    await serving(file, async () => {
      await signIn('ben')
      const browser = new Browser()
      await app.start(browser)
      await signInByPasskey(browser, key)
      const { claims } = await app.finish(browser)
      expect(claims.sub).to.equal('ada')
      expect(claims.amr).to.have.members(['hwk', 'user', 'mfa'])
    })
  })

  it('is never restored over a store, nor is another moved there', async () => {
    const here = { store: 'lmdb', data: join(home.path, 'restored') }
    for (const attempt of [() => restoreFile(backup, here, () => {}), () => transfer(here, here, () => {})])
      expect(await refusal(attempt())).to.include('nothing is written over it')
  })

  it('that is cut off, damaged or none at all is refused before anything is written', async () => {
    const bad = join(home.path, 'bad')
    await copyFile(backup, bad)
    await truncate(bad, (await stat(bad)).size - 20)
    const never = { store: 'lmdb', data: join(home.path, 'never') }
    for (const make of [
      async () => {},
      () => writeFile(bad, 'something else'),
      () => writeFile(bad, ''),
      () => rm(bad),
    ]) {
      await make()
      expect(await refusal(restoreFile(bad, never, () => {}))).to.include(bad)
    }
    expect(await stat(never.data).catch(({ code }) => code)).to.equal('ENOENT')
  })

  it('moves to another engine and back, and every document with it', async () => {
    const restored = { store: 'lmdb', data: join(home.path, 'restored') }
    const there = await newPlace(engine)
    const back = { store: 'lmdb', data: join(home.path, 'back') }
    const moved = await transfer(restored, there, () => {})
    expect(moved).to.be.above(10)
    expect(await transfer(there, back, () => {})).to.be.within(moved - 5, moved)
    await dropPlace(there)
  })

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
