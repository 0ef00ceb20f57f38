import { DatabaseSync } from 'node:sqlite'
import { expect } from 'chai'
import type { Adapter, AdapterConstructor, AdapterFactory } from 'oidc-provider'
import * as oidc from 'openid-client'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { benSigningIn, type Host, startHost } from '../support/host.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

/** Texts by a key, sets of keys, and null for what isn't there: a client of Redis. */
function likeRedis() {
  const texts = new Map<string, string>()
  const sets = new Map<string, Set<string>>()
  const get = async (key: string) => texts.get(key) ?? null
  const parsed = async (key: string) => JSON.parse((await get(key)) ?? 'null')
  class RedisAdapter {
    readonly #name: string
    constructor(name: string) {
      this.#name = name
    }
    #key = (id: string) => `oidc:${this.#name}:${id}`
    async upsert(id: string, payload: { grantId?: string; userCode?: string; uid?: string }) {
      const key = this.#key(id)
      texts.set(key, JSON.stringify(payload))
      const { grantId, userCode, uid } = payload
      if (grantId) sets.set(grantId, (sets.get(grantId) ?? new Set()).add(key))
      if (userCode) texts.set(`userCode:${userCode}`, id)
      if (uid) texts.set(`uid:${uid}`, id)
    }
    find = (id: string) => parsed(this.#key(id))
    async findByUid(uid: string) {
      const id = await get(`uid:${uid}`)
      return id && this.find(id)
    }
    async findByUserCode(code: string) {
      const id = await get(`userCode:${code}`)
      return id && this.find(id)
    }
    async consume(id: string) {
      const payload = await this.find(id)
      texts.set(this.#key(id), JSON.stringify({ ...payload, consumed: Math.floor(Date.now() / 1000) }))
    }
    async destroy(id: string) {
      texts.delete(this.#key(id))
    }
    async revokeByGrantId(grantId: string) {
      for (const key of sets.get(grantId) ?? []) texts.delete(key)
      sets.delete(grantId)
    }
  }
  const count = (model: string) => [...texts.keys()].filter((key) => key.startsWith(`oidc:${model}:`)).length
  return { adapter: RedisAdapter as unknown as AdapterConstructor, count }
}

/** One table, read and written without waiting, and only what a model needs. */
function likeSql() {
  const database = new DatabaseSync(':memory:')
  database.exec(
    'create table oidc (model text, id text, payload text, uid text, grant_id text, primary key (model, id))',
  )
  const where = (model: string, column: 'id' | 'uid', value: string) => {
    const found = database
      .prepare(`select payload from oidc where model = ? and ${column} = ?`)
      .get(model, value)
    return found && JSON.parse(String(found.payload))
  }
  const adapter = (model: string) => ({
    upsert: (id: string, payload: { uid?: string; grantId?: string }) => {
      database
        .prepare('insert or replace into oidc values (?, ?, ?, ?, ?)')
        .run(model, id, JSON.stringify(payload), payload.uid ?? null, payload.grantId ?? null)
    },
    find: (id: string) => where(model, 'id', id),
    ...(model === 'Session' ? { findByUid: (uid: string) => where(model, 'uid', uid) } : {}),
    consume: (id: string) => {
      database
        .prepare(
          "update oidc set payload = json_set(payload, '$.consumed', unixepoch()) where model = ? and id = ?",
        )
        .run(model, id)
    },
    destroy: (id: string) => {
      database.prepare('delete from oidc where model = ? and id = ?').run(model, id)
    },
    revokeByGrantId: (grant: string) => {
      database.prepare('delete from oidc where model = ? and grant_id = ?').run(model, grant)
    },
  })
  const count = (model: string) =>
    Number(database.prepare('select count(*) as n from oidc where model = ?').get(model)!.n)
  return { adapter: adapter as unknown as AdapterFactory as (model: string) => Adapter, count }
}

for (const [what, open] of [
  ['a class, over texts and sets as in Redis', likeRedis],
  ['a function, over a table that answers at once', likeSql],
] as const)
  describe(`A host's adapter that is ${what}`, () => {
    let host: Host
    let clock: ProcessClock
    let signIn: ReturnType<typeof benSigningIn>
    const kept = open()

    before(async () => {
      clock = moveProcessTime()
      host = await startHost({
        mount: (provider) => provider.callback(),
        configuration: { adapter: kept.adapter, features: { introspection: { enabled: true } } },
      })
      signIn = benSigningIn(host, clock)
    })
    after(async () => {
      await host.stop()
      clock.restore()
    })

    it('has sessions and tokens, which are good', async () => {
      const { browser, claims, tokens } = await signIn()
      expect(claims.acr).to.equal(acrMultiFactor)
      expect(kept.count('Session')).to.be.above(0)
      expect(kept.count('AccessToken')).to.be.above(0)
      const found = await oidc.tokenIntrospection(await host.rp.config(), tokens.access_token)
      expect(found).to.include({ active: true, sub: '2', acr: acrMultiFactor })
      await host.rp.start(browser, { prompt: 'none' })
      expect((await host.rp.finish(browser)).claims.sub).to.equal('2')
    })

    it('has none of a person any more whose sessions end, and the app is told', async () => {
      const { browser, claims, tokens } = await signIn()
      expect(await host.recovery.accounts.endSessions('2')).to.deep.equal({ ok: true })
      while (!host.rp.loggedOut.some(({ sid }) => sid === claims.sid)) await host.rp.nextLogout()
      expect(kept.count('Session')).to.equal(0)
      expect(kept.count('Grant')).to.equal(0)
      expect(await oidc.tokenIntrospection(await host.rp.config(), tokens.access_token)).to.deep.equal({
        active: false,
      })
      await host.rp.start(browser, { prompt: 'none' })
      expect(await host.rp.refusal(browser)).to.equal('login_required')
    })
  })
