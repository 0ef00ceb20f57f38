import { expect } from 'chai'
import { openLmdbStore } from '../../adapters/store/lmdb/store.ts'
import { StoreUnavailable } from '../../adapters/store/port.ts'
import type { Store } from '../../adapters/store/store.ts'
import { artifact, times } from '../conformance/subject.ts'
import { Browser } from '../support/browser.ts'
import { type Demo, startDemo } from '../support/process.ts'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'

describe('a full disk', function () {
  this.timeout(120_000)
  let disk: SmallDisk

  beforeEach(function () {
    const mounted = mountSmallDisk(32)
    if (mounted === undefined) {
      console.log('a full disk is not tested: only root can mount a small one')
      return this.skip()
    }
    disk = mounted
  })
  afterEach(() => disk?.unmount())

  /** Fills the disk, and the room that the store has kept for itself. */
  async function fill(store: Store): Promise<string[]> {
    disk.fill()
    const told: string[] = []
    for (;;) {
      const tokens = times(10, () => artifact({ payload: 'x'.repeat(20_000), account: 'ada' }))
      const ends = await Promise.allSettled(tokens.map((token) => store.artifacts.insert(token)))
      told.push(...tokens.filter((_, i) => ends[i]!.status === 'fulfilled').map(({ id }) => id))
      const refused = ends.find((end) => end.status === 'rejected')
      if (refused === undefined) continue
      expect(refused.reason).to.be.instanceOf(StoreUnavailable)
      return told
    }
  }

  it('refuses what can not be stored, reads on, and stores again when there is room', async () => {
    const store = openLmdbStore({ path: `${disk.path}/data`, clock: Date.now })
    await store.settings.insert({ id: 'kept', value: 'as it was' })
    const told = await fill(store)
    const changes = [
      store.settings.update('kept', (one) => [{ ...one!, value: 'x'.repeat(100_000) }, undefined]),
      store.settings.insert({ id: 'new', value: 'x'.repeat(100_000) }),
      store.artifacts.insertAll(times(9, () => artifact({ payload: 'x'.repeat(100_000) }))),
    ]
    const refused = (await Promise.allSettled(changes)).map((end) => 'reason' in end && end.reason.name)
    expect(refused).to.deep.equal(times(3, () => 'StoreUnavailable'))
    expect(await store.settings.get('kept')).to.deep.equal({ id: 'kept', value: 'as it was' })
    for (const id of told) expect(await store.artifacts.get(id)).to.include({ id })
    disk.free()
    await store.settings.update('kept', (one) => [{ ...one!, value: 'changed' }, undefined])
    await store.close()
    const later = openLmdbStore({ path: `${disk.path}/data`, clock: Date.now })
    expect((await later.settings.get('kept'))?.value).to.equal('changed')
    expect(await later.artifacts.find('account', 'ada')).to.have.length(told.length)
    await later.close()
  })

  it('shows a page that says so, keeps the process, and lets people in when there is room', async () => {
    const demo = await startDemo(disk.path)
    try {
      disk.fill()
      let answer: Response
      do answer = await signIn(demo)
      while (answer.status === 303)
      expect(answer.status).to.equal(503)
      expect(await answer.text()).to.include('Try again in a few minutes')
      expect(answer.headers.get('retry-after')).to.match(/^\d+$/)
      for (const path of ['/.well-known/openid-configuration', '/jwks', '/dev/people.json'])
        expect((await fetch(demo.issuer + path)).status, path).to.equal(200)
      disk.free()
      await expectSignIn(demo)
      expect(demo.printed()).to.not.match(/unhandled/i)
    } finally {
      await demo.stop()
    }
  })

  /** What the demo app sends people to, to sign in. */
  async function signIn(demo: Demo): Promise<Response> {
    const away = await fetch(`${demo.app}/login`, { redirect: 'manual' })
    return fetch(away.headers.get('location')!, { redirect: 'manual', headers: { accept: 'text/html' } })
  }

  async function expectSignIn(demo: Demo): Promise<void> {
    const { email, password } = await demo.person('nils')
    const browser = new Browser()
    await browser.open(`${demo.app}/login`)
    await browser.press('Sign in', { email, password })
    expect(browser.shown.text).to.not.include('Try again in a few minutes')
  }
})
