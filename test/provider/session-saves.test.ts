import { expect } from 'chai'
import { createSessionAdapter, endSession } from '../../provider/session-adapter.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

describeEachEngine('saving a session that nothing has changed', (engine) => {
  let opened: Opened
  let now = Date.now()
  let writes = 0
  const payload = { uid: 'uid', jti: 'first', accountId: 'ada', iat: 1, exp: 2, kind: 'Session' }

  const adapter = () => {
    const { sessions } = opened.store
    // The real collection; its updates are only counted.
    const counted = Object.create(sessions, {
      update: {
        value: (...given: Parameters<typeof sessions.update>) => {
          writes += 1
          return sessions.update(...given)
        },
      },
      get: { value: (id: string) => sessions.get(id) },
      find: { value: (...given: Parameters<typeof sessions.find>) => sessions.find(...given) },
    })
    return createSessionAdapter(
      { ...opened.store, sessions: counted },
      () => now,
      () => undefined,
      () => 0,
    )
  }

  before(async () => {
    opened = await engine.open(() => now)
  })
  after(() => opened.dispose())
  beforeEach(async () => {
    await opened.store.sessions.remove('uid')
    await adapter().upsert('first', payload, 3600)
    writes = 0
  })

  it('writes nothing, also when its end differs by parts of a second', async () => {
    now += 400
    await adapter().upsert('first', { ...payload, exp: 3 }, 3600)
    expect(writes).to.equal(0)
  })

  it('writes a later end, a new cookie value, another level and another app', async () => {
    const changed: [string, { [name: string]: unknown }, number][] = [
      ['first', payload, 3605],
      ['second', { ...payload, jti: 'second' }, 3600],
      ['second', { ...payload, jti: 'second', acr: 'stronger' }, 3600],
      ['second', { ...payload, jti: 'second', acr: 'stronger', authorizations: { app: { sid: '1' } } }, 3600],
    ]
    for (const [id, next, seconds] of changed) await adapter().upsert(id, next, seconds)
    expect(writes).to.equal(4)
    expect(await adapter().find('second')).to.deep.include({
      acr: 'stronger',
      authorizations: { app: { sid: '1' } },
    })
  })

  it('doesn’t bring it back once it has ended', async () => {
    await endSession(opened.store, 'uid', 'signed out')
    await adapter().upsert('first', payload, 3600)
    expect(await adapter().find('first')).to.equal(undefined)
    expect(await adapter().findByUid!('uid')).to.equal(undefined)
  })
})
