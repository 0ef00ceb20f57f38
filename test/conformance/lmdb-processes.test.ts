import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { openLmdbStore } from '../../adapters/store/lmdb/store.ts'
import type { Store } from '../../adapters/store/store.ts'
import { ids } from './subject.ts'

const child = join(import.meta.dirname, 'lmdb-child.ts')

/** A writing process: the lines it printed, and a promise for having printed so many. */
function writer(path: string, name: string) {
  const process_ = spawn(process.execPath, [child, 'write', path, name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const reader = createInterface(process_.stdout)
  reader.on('line', (line) => lines.push(line))
  const ended = Promise.all([once(process_, 'exit'), once(reader, 'close')])
  return {
    lines,
    async printed(count: number) {
      while (lines.length < count) await once(reader, 'line')
    },
    async kill() {
      process_.kill('SIGKILL')
      await ended
    },
    async stop() {
      process_.stdin.write('stop\n')
      await ended
      return process_.exitCode
    },
  }
}

/** The number of the last commit. The file stays open: closing it would drop the locks of the store. */
function lastCommitOf(path: string) {
  const [file, bytes] = [openSync(join(path, 'lock.mdb'), 'r+'), Buffer.alloc(8)]
  return {
    get(): number {
      readSync(file, bytes, 0, 8, 8)
      return Number(bytes.readBigUInt64LE())
    },
    set(to: number): void {
      bytes.writeBigUInt64LE(BigInt(to))
      writeSync(file, bytes, 0, 8, 8)
    },
  }
}

/** What a callback of its own returns; several asked for at once run in one turn of the event loop, after another. */
function immediate<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(work())))
}

function acknowledged(lines: string[], word: string): string[] {
  return lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length + 1))
}

/** What a process was told is stored but isn't, as a document or in an index. */
async function lost(store: Store, name: string, lines: string[]): Promise<string[]> {
  const listed = new Set(ids(await store.artifacts.find('account', name)))
  const missing = acknowledged(lines, 'inserted').filter((id) => !listed.has(id))
  for (const id of acknowledged(lines, 'updated')) {
    const [found] = await store.artifacts.find('userCode', id)
    if (found?.id !== id || (await store.artifacts.get(id))?.userCode !== id) missing.push(id)
  }
  return missing
}

describe('several processes on one LMDB store', function () {
  this.timeout(60_000)
  let path: string
  let store: Store

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'rekey-'))
    store = openLmdbStore({ path, clock: Date.now })
  })
  afterEach(async () => {
    await store.close()
    await rm(path, { recursive: true })
  })

  it("count one document up without losing each other's steps", async () => {
    const counters = [0, 1].map(() =>
      spawn(process.execPath, [child, 'count', path, 'counter'], { stdio: 'inherit' }),
    )
    const codes = await Promise.all(counters.map((counter) => once(counter, 'exit')))
    expect(codes).to.deep.equal([
      [0, null],
      [0, null],
    ])
    expect((await store.settings.get('counter'))?.value).to.equal('400')
  })

  it('read what another has written, even within one turn of the event loop', async () => {
    const before = immediate(() => store.settings.get('new'))
    const after = immediate(() => {
      execFileSync(process.execPath, [child, 'insert', path, 'new'])
      return store.settings.get('new')
    })
    const later = immediate(() => store.settings.get('new'))
    expect(await before).to.equal(undefined)
    expect((await after)?.value).to.equal('from another process')
    expect((await later)?.value).to.equal('from another process')
  })

  it('read what another has changed of what they have read before, and what they have changed themselves', async () => {
    const value = () => immediate(async () => (await store.settings.get('known'))?.value)
    const set = (to: string) => store.settings.update('known', () => [{ id: 'known', value: to }, undefined])
    await set('own')
    // Read so often that nothing is parsed any more.
    expect([await value(), await value(), await value()]).to.deep.equal(['own', 'own', 'own'])
    execFileSync(process.execPath, [child, 'change', path, 'known'])
    expect(await value()).to.equal('changed by another process')
    await set('own again')
    expect([await value(), await value(), await value()]).to.deep.equal([
      'own again',
      'own again',
      'own again',
    ])
    await set('once more')
    execFileSync(process.execPath, [child, 'change', path, 'known'])
    expect(await value()).to.equal('changed by another process')
    execFileSync(process.execPath, [child, 'remove', path, 'known'])
    expect(await value()).to.equal(undefined)
    await set('back')
    expect(await value()).to.equal('back')
    await store.settings.remove('known')
    expect(await value()).to.equal(undefined)
  })

  it('never answer from before what another was told is stored, while both write', async () => {
    const other = writer(path, 'other')
    let done = false
    const own = Promise.all(
      Array.from({ length: 4 }, async (_, at) => {
        for (let step = 1; !done; step += 1) {
          const value = `${step}`
          await store.settings.update(`own ${at}`, (one) => [{ id: `own ${at}`, ...one, value }, undefined])
          const seen = await store.settings.get(`own ${at}`)
          if (seen?.value !== value) throw new Error(`${seen?.value} was read after ${value} was written`)
        }
      }),
    )
    const outdated: string[] = []
    for (let at = 0; at < 2000; at += 1) {
      await other.printed(at + 1)
      const [word, id] = other.lines[at]!.split(' ') as [string, string]
      const code = (await store.artifacts.get(id))?.userCode
      if (word === 'updated' && code !== id) outdated.push(id)
    }
    done = true
    await own
    expect(await other.stop()).to.equal(0)
    expect(outdated).to.deep.equal([])
  })

  it('lose nothing that was written while another opened the store, which sets the number of the last commit back', async () => {
    const number = lastCommitOf(path)
    for (let at = 0; at < 3; at += 1) {
      await store.settings.insert({ id: `before ${at}`, value: 'kept' })
      const last = number.get()
      await store.settings.insert({ id: `meanwhile ${at}`, value: 'kept' })
      expect(number.get()).to.equal(last + 1)
      number.set(last)
      await Promise.all(
        [1, 2].map((one) => store.settings.insert({ id: `after ${at} ${one}`, value: 'kept' })),
      )
      expect(number.get()).to.be.above(last + 1)
    }
    await store.close()
    store = openLmdbStore({ path, clock: Date.now })
    const ids = (await store.settings.walk({ limit: 99 })).map(({ id }) => id)
    for (const at of [0, 1, 2])
      expect(ids).to.include.members([`before ${at}`, `meanwhile ${at}`, `after ${at} 1`, `after ${at} 2`])
  })

  it('keep every acknowledged write, their own and that of the others, when one is killed', async () => {
    const survivor = writer(path, 'survivor')
    const victims = []
    for (const name of ['first', 'second', 'third']) {
      const victim = writer(path, name)
      await victim.printed(500)
      await victim.kill()
      await survivor.printed(survivor.lines.length + 100)
      victims.push({ name, lines: victim.lines })
    }
    expect(await survivor.stop()).to.equal(0)
    await store.close()
    store = openLmdbStore({ path, clock: Date.now })
    for (const { name, lines } of [...victims, { name: 'survivor', lines: survivor.lines }]) {
      expect(await lost(store, name, lines)).to.deep.equal([])
    }
  })
})
