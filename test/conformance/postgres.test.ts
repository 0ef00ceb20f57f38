import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { openPostgresStore, prepareDatabase } from '../../adapters/store/postgres/store.ts'
import { collections, type Store } from '../../adapters/store/store.ts'
import { lineTo } from '../support/faulty-line.ts'
import { ask, dropPostgres, freshPostgres, tablesOf } from '../support/postgres.ts'
import { postgres } from '../support/stores.ts'
import { collectionConformance } from './collection.ts'
import { processesConformance } from './processes.ts'
import { account, artifact, hour, ids, times, unique } from './subject.ts'

const child = join(import.meta.dirname, 'postgres-child.ts')

if (postgres === undefined) {
  describe('a store in postgres', () => {
    it.skip('is not tested: POSTGRES_URI names no server')
  })
} else {
  const { open } = postgres
  collectionConformance('postgres', async (clock) => {
    const { store, dispose } = await open(clock)
    return { ...store, close: dispose }
  })
  severalProcesses(process.env['POSTGRES_URI']!)
  theDatabase(process.env['POSTGRES_URI']!)
  theLine(process.env['POSTGRES_URI']!)
}

/** Stores with connections of their own stand for processes: all that two of them share is the database. */
function severalProcesses(server: string): void {
  describe('several processes on one PostgreSQL', function () {
    this.timeout(60_000)
    let uri: string
    let now = Date.now()
    let stores: Store[]
    const one = (i: number) => stores[i % stores.length]!

    before(async () => {
      uri = await freshPostgres(server)
      // All at once: one of them makes the tables.
      stores = await Promise.all(times(3, () => openPostgresStore({ uri, clock: () => now })))
    })
    after(async () => {
      await Promise.all(stores.map((store) => store.close()))
      await dropPostgres(uri, server)
    })

    processesConformance({
      one,
      now: () => now,
      advance: (milliseconds) => {
        now += milliseconds
      },
      replace: (id) => execFileSync(process.execPath, [child, 'replace', uri, id]),
    })

    it('remove by an index at the same time', async () => {
      const value = unique('account')
      await Promise.all(times(100, () => one(0).artifacts.insert(artifact({ account: value }))))
      await Promise.all(times(9, (i) => one(i).artifacts.removeBy('account', value)))
      expect(await one(0).artifacts.find('account', value)).to.deep.equal([])
    })

    it('keep every acknowledged write when one is killed', async () => {
      const name = unique('victim')
      const victim = spawn(process.execPath, [child, 'write', uri, name], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const lines: string[] = []
      const reader = createInterface(victim.stdout)
      reader.on('line', (line) => {
        if (lines.push(line) === 200) victim.kill('SIGKILL')
      })
      await Promise.all([once(victim, 'exit'), once(reader, 'close')])
      const listed = await one(0).artifacts.find('account', name)
      const whole = listed.filter(({ id, userCode }) => id === userCode)
      expect(ids(whole)).to.include.members(lines)
    })
  })
}

function theDatabase(server: string): void {
  describe('the PostgreSQL store', function () {
    this.timeout(60_000)
    let uri: string
    let store: Store
    let now = Date.now()

    before(async () => {
      uri = await freshPostgres(server)
      store = await openPostgresStore({ uri, clock: () => now, sweepEvery: 10 })
    })
    after(async () => {
      await store.close()
      await dropPostgres(uri, server)
    })

    it('keeps documents as an operator would look for them, beside the tables of others', async () => {
      const ada = account({
        factors: [{ kind: 'totp', disabledAt: 5 }] as never,
        expiresAt: now + hour,
      } as never)
      await store.accounts.insert(ada)
      const rows = await ask(
        uri,
        `SELECT document, email, "expiresAt" FROM rekey.accounts WHERE document->'factors'->0->>'kind' = 'totp'`,
      )
      expect(rows).to.deep.equal([{ document: ada, email: ada.email, expiresAt: now + hour }])
      expect(await ask(uri, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).to.deep.equal([])
    })

    it('makes a table for every collection, and looks by an index where there is much', async () => {
      expect(Object.keys(await tablesOf(uri))).to.have.members(Object.keys(collections))
      const value = unique('account')
      await ask(
        uri,
        `INSERT INTO rekey.artifacts (id, version, document)
         SELECT 'many' || n, 1, json_build_object('id', 'many' || n, 'payload', '', 'account', $1 || n % 500) FROM generate_series(1, 20000) n`,
        [value],
      )
      await ask(uri, 'ANALYZE rekey.artifacts')
      const plan = await ask(
        uri,
        `EXPLAIN SELECT document FROM rekey.artifacts WHERE account = '${value}7' ORDER BY id LIMIT 10`,
      )
      expect(JSON.stringify(plan)).to.include('artifacts.account')
      expect(await store.artifacts.find('account', `${value}7`)).to.have.length(40)
      await ask(uri, `DELETE FROM rekey.artifacts WHERE version = 1`)
    })

    it('fills an index that is declared later with what is stored already', async () => {
      const later = { ...collections, settings: { value: { field: 'value', unique: true } } } as const
      const setting = { id: unique('setting'), value: unique('value') }
      await store.settings.insert(setting)
      await prepareDatabase({ uri, patience: 5000 }, later)
      const found = await ask(uri, 'SELECT id FROM rekey.settings WHERE value = $1', [setting.value])
      expect(found).to.deep.equal([{ id: setting.id }])
      // A process of the release before, which knows nothing of the index, keeps to it.
      const twin = { id: unique('setting'), value: setting.value }
      const refused = await store.settings.insert(twin).catch(({ message }) => message)
      expect(refused).to.match(/refuses a document/)
      await ask(uri, 'DROP INDEX rekey."settings.value.unique"')
    })

    it('removes expired documents in the background, and no others', async () => {
      const value = unique('account')
      const [gone, kept] = [0, 1].map((i) =>
        times(600, () => artifact({ account: value, expiresAt: now + hour + i })),
      )
      await Promise.all([...gone!, ...kept!].map((token) => store.artifacts.insert(token)))
      now += hour
      const left = () => ask(uri, 'SELECT id FROM rekey.artifacts WHERE account = $1', [value])
      while ((await left()).length > 600) await setImmediate()
      expect(await store.artifacts.find('account', value)).to.have.length(600)
    })

    it('finishes what it was asked for before it closes, and then refuses', async () => {
      const other = await openPostgresStore({ uri, clock: Date.now })
      const settings = times(50, () => ({ id: unique('setting'), value: unique('value') }))
      const asked = settings.map((setting) => other.settings.insert(setting))
      await other.close()
      await other.close()
      await Promise.all(asked)
      expect(await other.settings.get('x').catch(String)).to.equal('Error: the store is closed')
    })

    it('waits for the disk, whatever the database does for others', async () => {
      const name = new URL(uri).pathname.slice(1)
      await ask(uri, `ALTER DATABASE "${name}" SET synchronous_commit TO off`)
      const other = await openPostgresStore({ uri, clock: Date.now })
      await ask(
        uri,
        `CREATE FUNCTION rekey.tell() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN new.document = json_build_object('id', new.id, 'value', current_setting('synchronous_commit')); RETURN new; END $$`,
      )
      await ask(
        uri,
        'CREATE TRIGGER tell BEFORE INSERT ON rekey.settings FOR EACH ROW EXECUTE FUNCTION rekey.tell()',
      )
      const id = unique('setting')
      await other.settings.insert({ id, value: '' })
      expect((await other.settings.get(id))?.value).to.equal('on')
      await ask(uri, 'DROP TRIGGER tell ON rekey.settings')
      await other.close()
    })

    it('refuses a database that can not hold every text', async () => {
      const latin = new URL(uri)
      latin.pathname = `/${unique('rekey-test-latin').slice(0, 40)}`
      await ask(
        uri,
        `CREATE DATABASE "${latin.pathname.slice(1)}" TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`,
      )
      const refused = await openPostgresStore({ uri: latin.href, clock: Date.now }).catch(
        ({ message }) => message,
      )
      expect(refused).to.equal('the database is in LATIN1: create one with encoding UTF8')
      await dropPostgres(latin.href, server)
    })
  })
}

/** Connections that break, hang and are refused. */
function theLine(server: string): void {
  describe('the PostgreSQL store on a bad line', function () {
    this.timeout(60_000)
    let uri: string
    let through: Awaited<ReturnType<typeof lineTo>>
    let store: Store
    const value = (i: number) => ({ id: unique('setting'), value: `${i}` })

    before(async () => {
      uri = await freshPostgres(server)
      through = await lineTo(uri)
      store = await openPostgresStore({ uri: through.uri, clock: Date.now, patience: 500 })
    })
    afterEach(() => through.line.pass())
    after(async () => {
      await store.close()
      through.line.close()
      await dropPostgres(uri, server)
    })

    /** Writes many at a time while something happens; what was acknowledged, and what wasn't. */
    async function during(fault: () => void) {
      const settings = times(60, value)
      const asked = settings.map(async (setting, i) => {
        if (i === 30) fault()
        return store.settings.insert(setting)
      })
      const ends = await Promise.allSettled(asked)
      const acknowledged = settings.filter((_, i) => ends[i]!.status === 'fulfilled')
      return { acknowledged, settings }
    }

    it('reads on as if nothing had been when connections are cut', async () => {
      const setting = value(1)
      await store.settings.insert(setting)
      await Promise.all(times(10, () => store.settings.get(setting.id)))
      const reading = times(20, () => store.settings.get(setting.id))
      through.line.cut()
      expect(await Promise.all(reading)).to.deep.equal(times(20, () => setting))
    })

    it('loses nothing that was acknowledged when connections are cut, and writes on at once', async () => {
      const { acknowledged } = await during(through.line.cut)
      for (const one of acknowledged) expect(await store.settings.get(one.id)).to.deep.equal(one)
      await Promise.all(times(20, (i) => store.settings.insert(value(i))))
    })

    it('gives up on connections that hang, and trusts none of them when the line is back', async () => {
      await Promise.all(times(20, (i) => store.settings.insert(value(i))))
      through.line.hang()
      const ends = await Promise.allSettled(times(40, (i) => store.settings.insert(value(i))))
      expect(ends.map(({ status }) => status)).to.deep.equal(times(40, () => 'rejected'))
      await through.line.pass()
      await Promise.all(times(20, (i) => store.settings.insert(value(i))))
    })

    it('rejects at once while connections are refused, and goes on afterwards', async () => {
      await through.line.refuse()
      const { name, cause } = await store.settings.get('x').catch((error) => error)
      expect([name, cause.code]).to.deep.equal(['StoreUnavailable', 'ECONNREFUSED'])
      await through.line.pass()
      await store.settings.insert(value(1))
    })

    it('waits for a slow line', async () => {
      through.line.delay(20)
      const setting = value(1)
      await store.settings.insert(setting)
      expect(await store.settings.get(setting.id)).to.deep.equal(setting)
    })

    it('goes on when the server has ended the connections', async () => {
      const setting = value(1)
      await store.settings.insert(setting)
      const name = new URL(uri).pathname.slice(1)
      await ask(server, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
      expect(await store.settings.get(setting.id)).to.deep.equal(setting)
    })

    it('closes while the line hangs', async () => {
      const other = await openPostgresStore({ uri: through.uri, clock: Date.now, patience: 500 })
      await other.settings.get('x')
      through.line.hang()
      await other.close()
    })

    it('says so when there is no server', async () => {
      const nobody = openPostgresStore({ uri: 'postgres://127.0.0.1:1/x', clock: Date.now })
      expect((await nobody.catch((error) => error)).code).to.equal('ECONNREFUSED')
    })
  })
}
