import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { open as openLmdb } from 'lmdb'
import { openLmdbStore } from '../../adapters/store/lmdb/store.ts'
import { artifact, times } from '../conformance/subject.ts'
import { run } from '../support/process.ts'
import { mountSmallDisk } from '../support/small-disk.ts'

/** Writes over a part of a file. */
async function spoil(file: string, bytes: Buffer, position: number): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(bytes, 0, bytes.length, position)
  await handle.close()
}

/** What is wrong with a folder, how it comes about, and what the operator is told. */
const folders: [name: string, spoiling: (data: string) => Promise<unknown>, told: RegExp][] = [
  ['whose file is something else', (data) => writeFile(data, randomBytes(50_000)), /is not a store of Rekey/],
  ['whose file only begins', (data) => writeFile(data, 'a few bytes'), /is not a store of Rekey/],
  ['whose first page is lost', (data) => spoil(data, Buffer.alloc(4096), 0), /is not a store of Rekey/],
  ['whose second page is lost', (data) => spoil(data, Buffer.alloc(4096), 4096), /second page is not what/],
  [
    'whose file was cut off',
    async (data) => truncate(data, (await stat(data)).size - 4096),
    /last 4096 bytes are missing/,
  ],
  [
    'whose pages were written over',
    async (data) => spoil(data, Buffer.alloc((await stat(data)).size - 8192, 0xab), 8192),
    /pages are not what they have to be/,
  ],
  [
    'of another program',
    async (data) => {
      await rm(data)
      const other = openLmdb({ path: join(data, '..'), noSubdir: false })
      await other.put('theirs', 1)
      await other.close()
    },
    /data of another program/,
  ],
  [
    'that a later release has written',
    async (data) => {
      const store = openLmdbStore({ path: join(data, '..'), clock: Date.now })
      await store.settings.insert({ id: 'schema', value: '{"version":99}' })
      await store.close()
    },
    /later release: its schema has version 99/,
  ],
]

describe('A folder of the embedded store', function () {
  this.timeout(60_000)
  let path: string
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'rekey-')), 'data')
    const store = openLmdbStore({ path, clock: Date.now })
    await Promise.all(times(200, () => store.artifacts.insert(artifact({ account: 'ada' }))))
    await store.close()
  })
  afterEach(() => rm(join(path, '..'), { recursive: true }))

  /** The words, and nothing of the code, on standard error; and exit code 1, not a signal. */
  async function expectRefusal(told: RegExp): Promise<void> {
    const config = join(tmpdir(), `rekey-${randomBytes(6).toString('hex')}.json`)
    const keys = [{ id: 'a', key: randomBytes(32).toString('base64url') }]
    const mail = { url: 'smtp://127.0.0.1:1', from: 'Rekey <id@example.com>' }
    await writeFile(config, JSON.stringify({ issuer: 'https://id.example.com', trustProxy: 1, keys, mail }))
    const running = run(['standalone/start.mjs', 'serve'], { REKEY_DATA: path, REKEY_CONFIG: config })
    expect(await running.ended, running.printed()).to.equal(1)
    expect(running.printed()).to.match(told)
    expect(running.printed()).to.not.match(/^ +at /m)
    await rm(config)
  }

  it('holds files that are read by nobody but their user, whoever may look into it', async () => {
    const open = join(path, '..', 'open')
    await mkdir(open, { mode: 0o755 })
    await openLmdbStore({ path: open, clock: Date.now }).close()
    for (const file of ['data.mdb', 'lock.mdb'])
      expect((await stat(join(open, file))).mode & 0o777, file).to.equal(0o600)
  })

  for (const [name, spoiling, told] of folders) {
    it(`${name} is refused with a word and exit code 1`, async () => {
      await spoiling(join(path, 'data.mdb'))
      await expectRefusal(told)
    })
  }

  it('that is a file is refused with a word and exit code 1', async () => {
    await rm(path, { recursive: true })
    await writeFile(path, '')
    await expectRefusal(/folder .*data can't be used: it is no folder/)
  })

  it('that can only be read is refused with a word and exit code 1', async function () {
    const disk = mountSmallDisk(4)
    if (disk === undefined) {
      console.log('a folder that can only be read is not tested: only root can mount one')
      return this.skip()
    }
    const kept = path
    try {
      path = join(disk.path, 'data')
      await mkdir(path)
      execFileSync('mount', ['-o', 'remount,ro', disk.path])
      await expectRefusal(/can't be used: it is read-only/)
    } finally {
      path = kept
      disk.unmount()
    }
  })
})
