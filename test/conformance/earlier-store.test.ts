import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { lmdb } from '../../adapters/store/lmdb/store.ts'
import { openUpToDate } from '../../adapters/store/migrate.ts'
import { verifyLog } from '../../effects/open-audit.ts'
import { Browser } from '../support/browser.ts'
import { type Demo, startDemo } from '../support/process.ts'

const fixture = join(import.meta.dirname, '../fixtures/store-4d62e5a')

/** The demo's store after a day with 4d62e5a: people, a sign-in with a backup code, a request for a reset. */
describe('A store that 4d62e5a has written', function () {
  this.timeout(120_000)
  let data: string
  let demo: Demo | undefined

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'rekey-'))
    await writeFile(join(data, 'data.mdb'), gunzipSync(await readFile(join(fixture, 'data.mdb.gz'))))
    await copyFile(join(fixture, 'demo-keys.json'), join(data, 'demo-keys.json'))
  })
  afterEach(async () => {
    await demo?.stop()
    demo = undefined
    await rm(data, { recursive: true })
  })

  async function signIn(name: string): Promise<Browser> {
    const { email, password } = await demo!.person(name)
    const browser = new Browser()
    await browser.open(`${demo!.app}/login`)
    await browser.press('Sign in', { email, password })
    return browser
  }

  it('lets people in with what they had: password, authenticator, backup codes', async () => {
    demo = await startDemo(data)
    const aiko = await signIn('aiko')
    await aiko.press('Verify', { code: await demo.code(await demo.person('aiko')) })
    expect(aiko.words).to.include('aiko@hanami.example')
    // One was used before.
    const { backupCodes } = await demo.person('mina')
    expect(backupCodes).to.have.length(9)
    const mina = await signIn('mina')
    await mina.press('Use a backup code')
    await mina.press('Verify', { code: backupCodes[0]! })
    expect(mina.heading).to.equal("You're signed in")
    expect((await demo.person('mina')).backupCodes).to.deep.equal(backupCodes.slice(1))
    const { issuer } = demo
    await demo.stop()
    const store = await openUpToDate(lmdb({ path: data }), { clock: Date.now })
    const { key } = JSON.parse(await readFile(join(data, 'demo-keys.json'), 'utf8'))
    const log = await verifyLog({ store, ring: createKeyRing([{ id: 'demo', key }]), config: { issuer } })
    expect(log.fault).to.equal(undefined)
    expect(log.chains).to.be.at.least(2)
    await store.close()
  })

  it('has the version of this release, the agents of the support listed', async () => {
    const store = await openUpToDate(lmdb({ path: data }), { clock: Date.now })
    const [agent, ...others] = await store.protections.find('agents', 'support')
    expect(others).to.deep.equal([])
    expect((await store.people.get(agent!.id))?.login).to.equal('sam@support.example')
    const { version } = JSON.parse((await store.settings.get('schema'))!.value)
    expect(version).to.be.at.least(2)
    expect((await store.people.find('login', 'mina@hanami.example'))[0]?.name).to.equal('Mina Sato')
    await store.close()
  })
})
