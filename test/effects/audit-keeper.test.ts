import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createGuardedFetch } from '../../adapters/guarded-fetch.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createAuditKeeper } from '../../effects/audit-keeper.ts'
import { leaveBy, type Sinks } from '../../effects/audit-sinks.ts'
import { notesIn } from '../../rules/audit/note.ts'
import { auditExport, auditKey, auditList, auditVerify } from '../../standalone/commands/audit.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { fact, type Log, openLog, ring } from './audit-scene.ts'

const day = 86_400_000

describeEachEngine('The keeper of the audit log', (engine) => {
  let opened: Opened
  let store: Store
  let log: Log
  let folder: string
  const said: object[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rekey-audit-'))
    opened = await engine.open()
    store = opened.store
    log = await openLog(store)
  })
  afterEach(async () => {
    said.length = 0
    await log.empty()
  })
  after(async () => {
    await rm(folder, { recursive: true })
    await opened.dispose()
  })

  const keeperOf = (sinks: Sinks = {}, audit = log.open()) => {
    const note = (about: object) => {
      said.push(about)
    }
    const fetch = createGuardedFetch({ allowed: ['localhost'] })
    const leave = leaveBy({ log: { info: note, warn: note }, fetch }, sinks)
    const { keys } = log
    const clock = () => log.now
    return createAuditKeeper({ store, audit, clock, keys, everySeconds: 60, keepDays: 400, leave })
  }
  const command = () => {
    const lines: string[] = []
    const print = (line: string) => {
      lines.push(line)
    }
    return { lines, command: { ring, issuer: 'https://id.example', print } }
  }

  it('signs what was written, as often as it is told, and only when something was', async () => {
    const audit = log.open()
    const keeper = keeperOf({}, audit)
    await log.write(2, audit)
    await keeper.tend()
    await log.write(1, audit)
    await keeper.tend()
    expect(said).to.have.length(1)
    log.now += 60_000
    await keeper.tend()
    log.now += 60_000
    await keeper.tend()
    expect(said).to.have.length(2)
    await log.write(1, audit)
    await keeper.stop()
    expect(said).to.have.length(3)
    expect(await log.verify(said.map((one) => (one as { checkpoint: string }).checkpoint))).to.deep.include({
      entries: 4,
      checkpoints: 3,
    })
  })

  it('is one of many: each end is signed once', async () => {
    const keepers = [keeperOf(), keeperOf(), keeperOf()]
    await log.write(3)
    await Promise.all(keepers.map((keeper) => keeper.tend()))
    expect(await store.auditCheckpoints.find('all', 'all')).to.have.length(1)
    expect((await log.verify()).fault).to.equal(undefined)
  })

  it('signs the ends of processes that have died', async () => {
    await log.write(3)
    await log.write(2)
    await keeperOf().tend()
    expect(
      (await store.auditCheckpoints.find('all', 'all'))[0]!.leaves.map(({ place }) => place),
    ).to.have.members([3, 2])
  })

  it('writes checkpoints to a file that the command line verifies against', async () => {
    const file = join(folder, 'checkpoints.txt')
    const audit = log.open()
    const keeper = keeperOf({ file }, audit)
    for (const _ of [1, 2]) {
      await log.write(3, audit)
      await keeper.checkpoint()
    }
    expect(notesIn(await readFile(file, 'utf8'))).to.have.length(2)
    const good = command()
    expect(await auditVerify(store, good.command, file)).to.equal(true)
    expect(good.lines).to.deep.equal([
      'ok: 6 entries in 1 chains, 2 checkpoints',
      'ok: goes on from 2 of 2 checkpoints given',
    ])
    const last = (await log.entries()).at(-1)!
    await store.audit.remove(last.id)
    const cut = command()
    expect(await auditVerify(store, cut.command, file)).to.equal(false)
    expect(cut.lines).to.deep.equal([
      `FAULT: entry 6 of chain ${last.chain} is missing. 5 entries before it are sound.`,
    ])
    await store.auditCheckpoints.removeBy('all', 'all')
    const all = command()
    expect(await auditVerify(store, all.command, file)).to.equal(false)
    expect(all.lines[0]).to.include('the end was cut off')
    await writeFile(file, 'not a checkpoint')
    const nothing = await auditVerify(store, command().command, file).catch(({ message }) => message)
    expect(nothing).to.include('no signed checkpoint in')
  })

  it('sends checkpoints to a webhook, and goes on when that fails', async () => {
    const got: string[] = []
    let status = 500
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      got.push(body)
      response.writeHead(status).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const audit = log.open()
    const webhook = `http://localhost:${(server.address() as AddressInfo).port}/`
    const keeper = keeperOf({ webhook }, audit)
    await log.write(1, audit)
    await keeper.checkpoint()
    status = 204
    await log.write(1, audit)
    await keeper.checkpoint()
    server.close()
    server.closeAllConnections()
    await log.write(1, audit)
    await keeper.checkpoint()
    expect(said.filter((one) => 'where' in one)).to.have.length(2)
    expect(await log.verify(got)).to.deep.include({ entries: 3, checkpoints: 3 })
    expect((await log.verify(got)).fault).to.equal(undefined)
  })

  it('removes what is older than it is kept, and says so in the log', async () => {
    await log.write(3)
    await keeperOf().tend()
    log.now += 401 * day
    await log.write(1)
    await keeperOf().tend()
    expect((await log.entries()).map(({ event }) => event)).to.have.members([
      'recovery.granted',
      'audit.pruned',
    ])
    const pruned = (await log.entries()).find(({ event }) => event === 'audit.pruned')
    expect(pruned!.detail).to.deep.equal({ entries: 3, days: 400 })
    expect((await log.verify()).fault).to.equal(undefined)
  })

  it('is read by the command line, whole or for one person', async () => {
    const audit = log.open()
    await audit.append(fact(1))
    await audit.append({ event: 'sign_in.succeeded', subject: 'eve' })
    const [all, ofEve, key] = [command(), command(), command()]
    await auditExport(store, all.command)
    expect(all.lines.map((line) => JSON.parse(line))).to.deep.equal(await log.entries())
    await auditList(store, ofEve.command, 'eve')
    expect(ofEve.lines).to.have.length(1)
    expect(ofEve.lines[0]).to.include('sign_in.succeeded  subject=eve')
    await auditKey(store, key.command)
    expect(key.lines[0]).to.match(/^id\.example\/audit\+[0-9a-f]{8}\+/)
  })
})
