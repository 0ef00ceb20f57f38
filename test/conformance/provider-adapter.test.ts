import { expect } from 'chai'
import fc from 'fast-check'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import { createAdapterFactory } from '../../provider/adapter.ts'
import { endSession } from '../../provider/session-adapter.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { times, unique } from './subject.ts'

/** Every model that oidc-provider stores, and how it is ended. */
const grantTokens = ['AccessToken', 'AuthorizationCode', 'RefreshToken']
const codes = [
  'AuthorizationCode',
  'RefreshToken',
  'DeviceCode',
  'BackchannelAuthenticationRequest',
  'PushedAuthorizationRequest',
]
const models = [
  ...grantTokens,
  'BackchannelAuthenticationRequest',
  'Client',
  'ClientCredentials',
  'DeviceCode',
  'Grant',
  'InitialAccessToken',
  'Interaction',
  'PreAuthorizedCode',
  'PushedAuthorizationRequest',
  'RegistrationAccessToken',
  'ReplayDetection',
]

/** What loses fields elsewhere: empty objects, dotted and `$` keys, nulls, and what a relying app may put in. */
const awkward = {
  kind: 'Interaction',
  result: { consent: {}, login: { accountId: 'ada', amr: [] } },
  authorizations: { 'https://app.example.com': { sid: '1' }, 'a.b.c': {}, $where: { sid: '2' } },
  params: { claims: '{"id_token":{"$gt":null}}', nonce: null, empty: '' },
  $set: { 'x.y': [null, {}, [], 0, false, 1.5] },
  __v: 1,
  _id: 'mine',
  jkt: undefined,
  'x5t#S256': 'thumbprint',
  title: '𝔘ñïçødé \u0000 ☃',
} as AdapterPayload

/** As JSON carries it: without members that are undefined. */
const carried = (payload: object) => JSON.parse(JSON.stringify(payload))

describeEachEngine('oidc-provider’s adapter', (engine) => {
  let opened: Opened
  let now = Date.now()
  let make: (model: string) => Adapter

  before(async () => {
    opened = await engine.open(() => now)
    make = createAdapterFactory(opened.store, () => now) as (model: string) => Adapter
  })
  after(() => opened.dispose())

  for (const model of models) {
    describe(model, () => {
      it('is found as it was stored, and replaced whole', async () => {
        const [adapter, id] = [make(model), unique(model)]
        await adapter.upsert(id, { ...awkward, grantId: unique('grant') }, 60)
        await adapter.upsert(id, awkward, 60)
        expect(await adapter.find(id)).to.deep.equal(carried(awkward))
      })

      it('is theirs who read it: what they change in it isn’t there for the next, however often it was read', async () => {
        const [adapter, id] = [make(model), unique(model)]
        // A member that JSON may have, and that is no prototype.
        const stored = { ...carried(awkward), ...JSON.parse('{"__proto__":{"a":[{"b":1}]}}') }
        await adapter.upsert(id, stored, 60)
        for (let times = 0; times < 4; times += 1) {
          const read = (await adapter.find(id)) as typeof awkward & { result: { login: { amr: string[] } } }
          expect(read).to.deep.equal(stored)
          expect(Object.getOwnPropertyDescriptor(read, '__proto__')?.value).to.deep.equal({ a: [{ b: 1 }] })
          read.result.login.amr.push('otp')
          Object.assign(read.authorizations as object, { other: {} })
          read.title = 'changed'
        }
      })

      it('is not found under another id, nor in another model', async () => {
        const id = unique(model)
        await make(model).upsert(id, { jti: id }, 60)
        expect(await make(model).find(`${id}x`)).to.equal(undefined)
        for (const other of [...models, 'Session'].filter((one) => one !== model))
          expect(await make(other).find(id), other).to.equal(undefined)
      })

      it('is gone when it is destroyed, and destroying it again does nothing', async () => {
        const [adapter, id] = [make(model), unique(model)]
        await adapter.upsert(id, { jti: id }, 60)
        await adapter.destroy(id)
        await adapter.destroy(id)
        expect(await adapter.find(id)).to.equal(undefined)
      })

      it('is gone when its time is over', async () => {
        const [adapter, id, lasting] = [make(model), unique(model), unique(model)]
        await adapter.upsert(id, { jti: id }, 60)
        await adapter.upsert(lasting, { jti: lasting }, undefined as never)
        now += 59_999
        expect(await adapter.find(id)).to.deep.equal({ jti: id })
        now += 1
        expect(await adapter.find(id)).to.equal(undefined)
        expect(await adapter.find(lasting)).to.deep.equal({ jti: lasting })
      })

      it('can be stored again when its time is over', async () => {
        const [adapter, id] = [make(model), unique(model)]
        await adapter.upsert(id, { jti: id }, 60)
        now += 60_000
        await adapter.upsert(id, { jti: 'later' }, 60)
        expect(await adapter.find(id)).to.deep.equal({ jti: 'later' })
      })
    })
  }

  for (const model of codes) {
    describe(`consuming a ${model}`, () => {
      it('marks it, and leaves the rest of it unchanged', async () => {
        const [adapter, id] = [make(model), unique(model)]
        await adapter.upsert(id, awkward, 60)
        await adapter.consume(id)
        const { consumed, ...rest } = (await adapter.find(id)) as AdapterPayload
        expect(rest).to.deep.equal(carried(awkward))
        expect(consumed).to.equal(Math.floor(now / 1000))
      })

      it('happens once, and the second time is refused: all that stops the second of two exchanges', async () => {
        const [adapter, id] = [make(model), unique(model)]
        await adapter.upsert(id, { jti: id }, 60)
        const outcomes = await Promise.allSettled(times(20, () => adapter.consume(id)))
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
        const refusals = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.error] : []))
        const expected = model === 'PushedAuthorizationRequest' ? 'invalid_request' : 'invalid_grant'
        expect(new Set(refusals)).to.deep.equal(new Set([expected]))
      })

      it('is refused when it is gone', async () => {
        const adapter = make(model)
        const outcome = await adapter.consume(unique(model)).then(
          () => 'consumed',
          ({ status }) => status,
        )
        expect(outcome).to.equal(400)
      })
    })
  }

  describe('revoking a grant', () => {
    for (const model of grantTokens) {
      it(`voids each ${model} that hangs on it, and no other`, async () => {
        const adapter = make(model)
        const [grantId, other] = [unique('grant'), unique('grant')]
        const [mine, second, foreign, loose] = [unique(model), unique(model), unique(model), unique(model)]
        for (const id of [mine, second]) await adapter.upsert(id, { jti: id, grantId }, 60)
        await adapter.upsert(foreign, { jti: foreign, grantId: other }, 60)
        await adapter.upsert(loose, { jti: loose }, 60)
        await adapter.revokeByGrantId(grantId)
        const found = await Promise.all([mine, second, foreign, loose].map((id) => adapter.find(id)))
        expect(found.map((one) => one?.jti)).to.deep.equal([undefined, undefined, foreign, loose])
      })

      it(`leaves a ${model} alone that was stored later, under a grant that was given anew`, async () => {
        const adapter = make(model)
        const [grantId, id] = [unique('grant'), unique(model)]
        await adapter.revokeByGrantId(grantId)
        now += 1
        await adapter.upsert(id, { jti: id, grantId }, 60)
        expect(await adapter.find(id)).to.deep.equal({ jti: id, grantId })
      })
    }

    it('voids the tokens of every model at once', async () => {
      const grantId = unique('grant')
      for (const model of grantTokens) await make(model).upsert(grantId, { jti: model, grantId }, 60)
      await make('AccessToken').revokeByGrantId(grantId)
      for (const model of grantTokens) expect(await make(model).find(grantId), model).to.equal(undefined)
    })

    it('is possible again', async () => {
      const [adapter, grantId, id] = [make('AccessToken'), unique('grant'), unique('token')]
      await adapter.revokeByGrantId(grantId)
      now += 1
      await adapter.upsert(id, { jti: id, grantId }, 60)
      await adapter.revokeByGrantId(grantId)
      expect(await adapter.find(id)).to.equal(undefined)
    })
  })

  describe('a device code', () => {
    it('is found by what the person types', async () => {
      const [adapter, id, userCode] = [make('DeviceCode'), unique('device'), unique('code')]
      await adapter.upsert(id, { ...awkward, userCode }, 60)
      expect(await adapter.findByUserCode(userCode)).to.deep.equal({ ...carried(awkward), userCode })
      expect(await adapter.findByUserCode('another')).to.equal(undefined)
      now += 60_000
      expect(await adapter.findByUserCode(userCode)).to.equal(undefined)
    })
  })

  describe('any payload', () => {
    for (const model of ['AccessToken', 'Interaction', 'Session'])
      it(`of a ${model} comes back as it went in`, async () => {
        const adapter = make(model)
        await fc.assert(
          fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }), async (members) => {
            const id = unique(model)
            const payload = {
              ...members,
              ...(model === 'Session' ? { uid: unique('uid'), authorizations: {} } : { grantId: id }),
            }
            await adapter.upsert(id, payload as AdapterPayload, 60)
            expect(await adapter.find(id)).to.deep.equal(carried(payload))
          }),
          { numRuns: 40 },
        )
      })
  })

  describe('a session', () => {
    const session = () => {
      const [id, uid] = [unique('session'), unique('uid')]
      return {
        id,
        uid,
        payload: { ...awkward, kind: 'Session', jti: id, uid, accountId: 'ada' } as AdapterPayload,
      }
    }
    const sessions = () => make('Session')

    it('is found by its cookie and by its uid', async () => {
      const { id, uid, payload } = session()
      await sessions().upsert(id, payload, 60)
      expect(await sessions().find(id)).to.deep.equal(carried(payload))
      expect(await sessions().findByUid(uid)).to.deep.equal(carried(payload))
      expect([await sessions().find(uid), await sessions().findByUid(id)]).to.deep.equal([
        undefined,
        undefined,
      ])
    })

    it('is gone when its time is over', async () => {
      const { id, uid, payload } = session()
      await sessions().upsert(id, payload, 60)
      now += 60_000
      expect([await sessions().find(id), await sessions().findByUid(uid)]).to.deep.equal([
        undefined,
        undefined,
      ])
    })

    it('is gone when it is destroyed', async () => {
      const { id, payload } = session()
      await sessions().upsert(id, payload, 60)
      await sessions().destroy(id)
      await sessions().destroy(unique('session'))
      expect(await sessions().find(id)).to.equal(undefined)
    })

    it('does not come back by a request that read it before it was destroyed', async () => {
      const { id, payload } = session()
      await sessions().upsert(id, payload, 60)
      await sessions().destroy(id)
      await sessions().upsert(id, payload, 60)
      expect(await sessions().find(id)).to.equal(undefined)
    })

    it('does not come back after it was ended, under its id or a new one', async () => {
      const { id, uid, payload } = session()
      const later = unique('session')
      await sessions().upsert(id, payload, 60)
      await endSession(opened.store, uid, 'a reset')
      await sessions().upsert(id, payload, 60)
      await sessions().destroy(id)
      await sessions().upsert(later, { ...payload, jti: later }, 60)
      const found = [await sessions().find(id), await sessions().find(later), await sessions().findByUid(uid)]
      expect(found).to.deep.equal([undefined, undefined, undefined])
    })

    it('rotates: the new cookie finds it, and the old one never again', async () => {
      const { id, uid, payload } = session()
      const next = unique('session')
      await sessions().upsert(id, payload, 60)
      await sessions().destroy(id)
      await sessions().upsert(next, { ...payload, jti: next, acr: 'stronger' }, 60)
      await sessions().upsert(id, { ...payload, acr: 'weaker' }, 60)
      expect(await sessions().find(id)).to.equal(undefined)
      expect(await sessions().find(next)).to.include({ acr: 'stronger' })
      expect(await sessions().findByUid(uid)).to.include({ acr: 'stronger' })
    })

    it('keeps its old cookies dead over many rotations', async () => {
      const { uid, payload } = session()
      const ids = times(15, () => unique('session'))
      for (const [index, id] of ids.entries()) {
        if (index > 0) await sessions().destroy(ids[index - 1]!)
        await sessions().upsert(id, { ...payload, jti: id }, 60)
      }
      for (const id of ids.slice(0, -1)) {
        await sessions().upsert(id, { ...payload, jti: id }, 60)
        expect(await sessions().find(id)).to.equal(undefined)
      }
      expect(await sessions().findByUid(uid)).to.include({ jti: ids.at(-1) })
    })

    it('loses no authorization when two requests that read it at the same time save it', async () => {
      const { id, payload } = session()
      const base = { ...payload, authorizations: { 'https://old.example': { sid: '0' } } }
      await sessions().upsert(id, base, 60)
      const saves = times(10, (i) =>
        sessions().upsert(
          id,
          { ...base, authorizations: { ...base.authorizations, [`app.${i}`]: { sid: `${i}` } } },
          60,
        ),
      )
      await Promise.all(saves)
      const { authorizations } = (await sessions().find(id)) as AdapterPayload
      expect(authorizations).to.have.all.keys('https://old.example', ...times(10, (i) => `app.${i}`))
    })

    it('forgets the app that the person signed out of alone, and no other', async () => {
      const { id, payload } = session()
      const [app, other, next] = [{ sid: '1' }, { sid: '2' }, unique('session')]
      const asked = { secret: 'x', clientId: 'app' }
      await sessions().upsert(id, { ...payload, state: asked, authorizations: { app, other } }, 60)
      await sessions().destroy(id)
      await sessions().upsert(next, { ...payload, jti: next, authorizations: { other } }, 60)
      expect((await sessions().find(next))?.authorizations).to.deep.equal({ other })
    })

    it('keeps every app while signing out is only asked for', async () => {
      const { id, payload } = session()
      const [app, other] = [{ sid: '1' }, { sid: '2' }]
      const state = { secret: 'x', clientId: 'app' }
      await sessions().upsert(id, { ...payload, state, authorizations: { app } }, 60)
      await sessions().upsert(id, { ...payload, state, authorizations: { other } }, 60)
      expect((await sessions().find(id))?.authorizations).to.deep.equal({ app, other })
    })

    it('of another person takes over no authorization', async () => {
      const { id, payload } = session()
      await sessions().upsert(id, { ...payload, authorizations: { app: { sid: '1' } } }, 60)
      await sessions().upsert(
        id,
        { ...payload, accountId: 'eve', authorizations: { other: { sid: '2' } } },
        60,
      )
      expect((await sessions().find(id))?.authorizations).to.deep.equal({ other: { sid: '2' } })
    })

    it('lives as long as its last use says', async () => {
      const { id, payload } = session()
      await sessions().upsert(id, payload, 60)
      now += 59_000
      await sessions().upsert(id, payload, 60)
      now += 59_000
      expect(await sessions().find(id)).to.not.equal(undefined)
    })
  })
})
