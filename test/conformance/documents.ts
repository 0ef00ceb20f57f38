import { expect } from 'chai'
import { account, artifact, conflictOf, hour, ids, type Subject, times, unique } from './subject.ts'

export function documentFacts(subject: Subject): void {
  describe('documents', () => {
    it('come back as they were inserted', async () => {
      const { accounts } = subject.store
      const ada = account({ effects: [], throttles: { totp: { failures: 2 } as never } })
      await accounts.insert(ada)
      expect(await accounts.get(ada.id)).to.deep.equal(ada)
    })

    it('are undefined when nobody inserted them', async () => {
      expect(await subject.store.settings.get(unique('nothing'))).to.equal(undefined)
    })

    it('are undefined under an id that no document can have', async () => {
      const { settings } = subject.store
      const strange = ['', 'x'.repeat(5000), '\u0000', '\ud800']
      expect(await Promise.all(strange.map((id) => settings.get(id)))).to.deep.equal([
        undefined,
        undefined,
        undefined,
        undefined,
      ])
      for (const id of strange) await settings.remove(id)
    })

    it('have an id of up to 511 bytes', async () => {
      const { settings } = subject.store
      const id = unique('long').padEnd(511, 'x')
      await settings.insert({ id, value: 'kept' })
      expect(await settings.get(id)).to.deep.equal({ id, value: 'kept' })
    })

    it('are refused with an id or an indexed value that not every engine can hold', async () => {
      const { artifacts } = subject.store
      const impossible = [
        artifact({ id: '' }),
        artifact({ id: 'x'.repeat(512) }),
        artifact({ id: '日'.repeat(171) }),
        artifact({ id: '\ud800' }),
        artifact({ account: 'x'.repeat(1024) }),
        artifact({ account: '\udc00' }),
      ]
      for (const one of impossible) {
        const refusals = [artifacts.insert(one), artifacts.update(one.id, () => [one, undefined])]
        const names = await Promise.all(refusals.map((refusal) => refusal.catch(({ name }) => name)))
        expect(names).to.deep.equal(['RangeError', 'RangeError'])
        expect(await artifacts.get(one.id)).to.equal(undefined)
      }
    })

    it('that are inserted together are all there, or those up to the first that is refused', async () => {
      const { accounts, settings } = subject.store
      const made = times(5, () => account())
      await accounts.insertAll(made)
      for (const one of made) expect(await accounts.get(one.id)).to.deep.equal(one)
      const group = times(5, (i) => ({ id: unique('setting'), value: String(i) }))
      await settings.insert(group[2]!)
      expect(await conflictOf(settings.insertAll(group))).to.equal('id')
      const there = await Promise.all(group.map(({ id }) => settings.get(id)))
      expect(there.map((one) => one?.value)).to.deep.equal(['0', '1', '2', undefined, undefined])
    })

    it('that are inserted together take the place of one that has expired', async () => {
      const { throttles } = subject.store
      const throttle = { failures: 1, lastAt: 1 }
      const group = times(3, (i) => ({ id: unique(`throttle${i}`), throttle, expiresAt: subject.now + hour }))
      await throttles.insert({ ...group[1]!, expiresAt: subject.now - 1 })
      await throttles.insertAll(group)
      for (const one of group) expect(await throttles.get(one.id)).to.deep.equal(one)
    })

    it('that are inserted together keep unique values unique', async () => {
      const { accounts } = subject.store
      const [one, two, three] = [account(), account(), account()]
      await accounts.insert(one)
      expect(await conflictOf(accounts.insertAll([two, { ...three, email: one.email }]))).to.equal('email')
      expect(await accounts.get(three.id)).to.equal(undefined)
    })

    it('with the same id in other collections are others', async () => {
      const { settings, artifacts } = subject.store
      const id = unique('same')
      await settings.insert({ id, value: 'a setting' })
      expect(await artifacts.get(id)).to.equal(undefined)
    })

    it("are inserted once: a second one of that id is a conflict about 'id' and changes nothing", async () => {
      const { settings } = subject.store
      const id = unique('setting')
      await settings.insert({ id, value: 'first' })
      expect(await conflictOf(settings.insert({ id, value: 'second' }))).to.equal('id')
      expect(await settings.get(id)).to.deep.equal({ id, value: 'first' })
    })

    it("with index entries are inserted once too: a second one of that id is a conflict about 'id'", async () => {
      const { artifacts } = subject.store
      const first = artifact({ account: unique('account') })
      const second = { ...first, account: unique('account') }
      await artifacts.insert(first)
      expect(await conflictOf(artifacts.insert(second))).to.equal('id')
      expect(await artifacts.get(first.id)).to.deep.equal(first)
      expect(await artifacts.find('account', second.account)).to.deep.equal([])
    })

    it('are stored as they were at the call, whatever the caller does next', async () => {
      const { settings, artifacts } = subject.store
      const setting = { id: unique('setting'), value: 'as it was' }
      const token = artifact({ account: unique('account'), payload: 'as it was' })
      const stored = [settings.insert(setting), artifacts.insert(token)]
      setting.value = 'later'
      token.payload = 'later'
      await Promise.all(stored)
      expect((await settings.get(setting.id))?.value).to.equal('as it was')
      expect((await artifacts.get(token.id))?.payload).to.equal('as it was')
    })

    it("are the caller's own copies", async () => {
      const { organizations } = subject.store
      const id = unique('organization')
      await organizations.insert({ id, name: 'Org', policy: { requireSecondFactor: true }, createdAt: 1 })
      const mine = await organizations.get(id)
      // They may be frozen.
      Reflect.set(mine!.policy, 'requireSecondFactor', false)
      expect((await organizations.get(id))?.policy).to.deep.equal({ requireSecondFactor: true })
    })

    it('that are read again and again are as last written, whatever their readers do to them', async () => {
      const { organizations } = subject.store
      const id = unique('organization')
      const written = { id, name: 'Org', policy: { requireSecondFactor: true }, createdAt: 1 }
      await organizations.insert(written)
      for (let reader = 0; reader < 4; reader += 1) {
        const read = await organizations.get(id)
        expect(read).to.deep.equal(written)
        // An engine may give the same object to all of them, as long as none can alter it.
        Reflect.set(read!.policy, 'requireSecondFactor', false)
        Reflect.set(read!, 'name', 'altered')
      }
      await organizations.update(id, (current) => [{ ...current!, name: 'Later' }, undefined])
      expect((await organizations.get(id))?.name).to.equal('Later')
      await organizations.remove(id)
      expect(await organizations.get(id)).to.equal(undefined)
      await organizations.insert(written)
      expect(await organizations.get(id)).to.deep.equal(written)
    })

    it('found by an index are copies too', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account') })
      await artifacts.insert(token)
      const [mine] = await artifacts.find('account', token.account!)
      mine!.payload = 'changed'
      expect(await artifacts.find('account', token.account!)).to.deep.equal([token])
    })

    it('are gone once removed, from their indexes too', async () => {
      const { artifacts, settings } = subject.store
      const token = artifact({ account: unique('account'), userCode: unique('code') })
      const setting = { id: unique('setting'), value: 'x' }
      await Promise.all([artifacts.insert(token), settings.insert(setting)])
      await Promise.all([artifacts.remove(token.id), settings.remove(setting.id)])
      expect(await artifacts.get(token.id)).to.equal(undefined)
      expect(await settings.get(setting.id)).to.equal(undefined)
      await artifacts.insert({ ...token, account: unique('account'), userCode: unique('code') })
      expect(await artifacts.find('account', token.account!)).to.deep.equal([])
      expect(await artifacts.find('userCode', token.userCode!)).to.deep.equal([])
    })

    it('can be removed when they are not there', async () => {
      await subject.store.settings.remove(unique('nothing'))
      await subject.store.artifacts.remove(unique('nothing'))
      await subject.store.artifacts.removeBy('account', unique('nobody'))
    })

    it('are removed by an index, however many, and no others', async () => {
      const { artifacts } = subject.store
      const [mine, other] = [unique('account'), unique('account')]
      const kept = artifact({ account: other })
      await Promise.all([
        artifacts.insert(kept),
        ...times(300, () => artifacts.insert(artifact({ account: mine }))),
      ])
      expect(await artifacts.find('account', mine)).to.have.length(300)
      await artifacts.removeBy('account', mine)
      expect(await artifacts.find('account', mine)).to.deep.equal([])
      expect(await artifacts.get(kept.id)).to.deep.equal(kept)
      expect(ids(await artifacts.find('account', other))).to.deep.equal([kept.id])
    })
  })
}
