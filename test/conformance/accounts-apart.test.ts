import { expect } from 'chai'
import type { AccountBefore } from '../../adapters/store/apart.ts'
import { migrate } from '../../adapters/store/migrate.ts'
import type { Store } from '../../adapters/store/store.ts'
import { passwordMark } from '../../rules/password.ts'
import { accountIn } from '../support/accounts.ts'
import { mortalStore } from '../support/mortal-store.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'
import { times, unique } from './subject.ts'

const began = Date.UTC(2026, 0, 1)

/** As the release before wrote it. */
function before(fields: Partial<AccountBefore> = {}): AccountBefore {
  const id = unique('account')
  const email = `${id}@example.com`
  return {
    id,
    email,
    name: 'Ada',
    locale: 'ja',
    status: 'active',
    createdAt: began,
    passwordHash: '$argon2id$…',
    addresses: [email, 'home@example.com'].map((address) => ({ address, verifiedAt: began })),
    factors: [{ id: 'phone', kind: 'totp', name: '', secret: 'sealed', createdAt: began }],
    throttles: { otp: { failures: 2, lastAt: began } },
    validAfter: began,
    supportAgent: true,
    effects: [],
    ...fields,
  }
}

describeEachEngine('Accounts of the release before', (engine) => {
  let opened: Opened
  let store: Store
  beforeEach(async () => {
    opened = await engine.open()
    store = opened.store
  })
  afterEach(() => opened.dispose())

  it('become a person, and what protects them, and nothing of them is lost', async () => {
    const old = before({ passwordExpired: 'disavowed', externalId: 'hr-7', updatedAt: began + 1 })
    await store.accounts.insert(old)
    await migrate(store)
    expect(await store.accounts.get(old.id)).to.equal(undefined)
    const account = (await accountIn(store, old.id))!
    expect(account).to.deep.include({
      login: old.email,
      email: old.email,
      name: 'Ada',
      locale: 'ja',
      updatedAt: began + 1,
      passwordVersion: passwordMark(old.passwordHash),
      passwordExpired: 'disavowed',
      factors: old.factors,
      throttles: old.throttles,
      validAfter: began,
    })
    expect(account.addresses.map(({ address }) => address)).to.deep.equal([old.email, 'home@example.com'])
    const found = await store.people.find('login', old.email)
    expect(found.map(({ id, externalId }) => [id, externalId])).to.deep.equal([[old.id, 'hr-7']])
    expect((await store.protections.find('agents', 'support')).map(({ id }) => id)).to.deep.equal([old.id])
  })

  it('keep what they had promised, and a removal its time', async () => {
    const old = before({ status: 'removed', purgeable: 'yes', purgeAt: began, removedAt: began })
    const effects = [{ kind: 'end_sessions' as const, id: 'one', account: old.id }]
    await store.accounts.insert({ ...old, effects, effectsDue: 'yes' } as AccountBefore)
    await migrate(store)
    expect((await store.protections.find('effectsDue', 'yes')).map((one) => one.effects)).to.deep.equal([
      effects,
    ])
    expect((await store.people.find('purgeable', 'yes')).map(({ id }) => id)).to.deep.equal([old.id])
  })

  it('go with what a forgotten one still promised', async () => {
    const old = before({ status: 'removed', purgeAt: began, removedAt: began, forgotten: true })
    const effects = [{ kind: 'forget_account' as const, id: 'one', account: old.id }]
    await store.accounts.insert({ ...old, effects, effectsDue: 'yes' } as AccountBefore)
    await migrate(store)
    expect(await store.people.find('effectsDue', 'yes')).to.deep.include.members([
      { ...(await store.people.get(old.id)), effects, forgotten: true },
    ])
    expect((await store.protections.get(old.id))?.effects).to.deep.equal([])
  })

  // Seen failing with the old document removed before the new ones were there.
  it('are all there, whichever write the process is killed before', async () => {
    for (let writes = 0; ; writes += 1) {
      const all = times(3, () => before())
      for (const one of all) await store.accounts.insert(one)
      await store.settings.remove('schema')
      const mortal = mortalStore(store, writes)
      await migrate(mortal.store).catch(() => {})
      if (!mortal.dead()) break
      await migrate(store)
      for (const { id, email } of all)
        expect((await accountIn(store, id))?.email, `write ${writes}`).to.equal(email)
      // The next kill is as far from the end as this one was.
      for (const { id } of all) await Promise.all([store.people.remove(id), store.protections.remove(id)])
    }
  })
})
