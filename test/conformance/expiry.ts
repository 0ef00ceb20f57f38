import { expect } from 'chai'
import { account, artifact, conflictOf, hour, ids, type Subject, unique } from './subject.ts'

export function expiryFacts(subject: Subject): void {
  describe('expired documents', () => {
    /** An account that expires stands for any document with a unique value. */
    const expiring = (fields = {}) => account({ expiresAt: subject.now + hour, ...fields } as never)

    it('are there until the very millisecond', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account'), expiresAt: subject.now + hour })
      await artifacts.insert(token)
      subject.now += hour - 1
      expect(await artifacts.get(token.id)).to.deep.equal(token)
      expect(await artifacts.find('account', token.account!)).to.deep.equal([token])
      subject.now += 1
      expect(await artifacts.get(token.id)).to.equal(undefined)
      expect(await artifacts.find('account', token.account!)).to.deep.equal([])
    })

    it('do not fill up a page', async () => {
      const { artifacts } = subject.store
      const value = unique('account')
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        const expiresAt = name < 'c' ? subject.now + hour : undefined
        await artifacts.insert(artifact({ id: `${name}:${value}`, account: value, expiresAt }))
      }
      subject.now += hour
      expect(ids(await artifacts.find('account', value, { limit: 2 }))).to.deep.equal([
        `c:${value}`,
        `d:${value}`,
      ])
    })

    it('are undefined to a change', async () => {
      const { artifacts } = subject.store
      const token = artifact({ expiresAt: subject.now + hour })
      await artifacts.insert(token)
      subject.now += hour
      expect(await artifacts.update(token.id, (one) => [one, one])).to.equal(undefined)
      expect(await artifacts.get(token.id)).to.equal(undefined)
    })

    it('are replaced by an update, and leave no index entry behind', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account'), expiresAt: subject.now + hour })
      const next = artifact({ id: token.id, account: unique('account') })
      await artifacts.insert(token)
      subject.now += hour
      await artifacts.update(token.id, () => [next, undefined])
      expect(await artifacts.get(token.id)).to.deep.equal(next)
      expect(await artifacts.find('account', token.account!)).to.deep.equal([])
      expect(await artifacts.find('account', next.account!)).to.deep.equal([next])
    })

    it('give up their id to an insert', async () => {
      const { artifacts, settings } = subject.store
      const token = artifact({ account: unique('account'), expiresAt: subject.now + hour })
      const next = artifact({ id: token.id })
      const setting = { id: unique('setting'), value: 'old', expiresAt: subject.now + hour }
      await Promise.all([artifacts.insert(token), settings.insert(setting)])
      subject.now += hour
      await Promise.all([artifacts.insert(next), settings.insert({ id: setting.id, value: 'new' })])
      expect(await artifacts.get(token.id)).to.deep.equal(next)
      expect(await artifacts.find('account', token.account!)).to.deep.equal([])
      expect(await settings.get(setting.id)).to.deep.equal({ id: setting.id, value: 'new' })
    })

    it('give up their id to one insert only', async () => {
      const { settings } = subject.store
      const id = unique('setting')
      await settings.insert({ id, value: 'old', expiresAt: subject.now + hour })
      subject.now += hour
      const attempts = ['a', 'b', 'c', 'd', 'e'].map((value) => conflictOf(settings.insert({ id, value })))
      const outcomes = await Promise.all(attempts)
      expect(outcomes.sort()).to.deep.equal(['id', 'id', 'id', 'id', 'no conflict'])
    })

    it('give up their unique value to an insert', async () => {
      const { accounts } = subject.store
      const gone = expiring()
      const next = account({ email: gone.email })
      await accounts.insert(gone)
      expect(await conflictOf(accounts.insert(next))).to.equal('email')
      subject.now += hour
      await accounts.insert(next)
      expect(ids(await accounts.find('email', gone.email))).to.deep.equal([next.id])
      expect(await conflictOf(accounts.insert(account({ email: gone.email })))).to.equal('email')
    })

    it('give up their unique value to an update', async () => {
      const { accounts } = subject.store
      const gone = expiring()
      const ada = account()
      await Promise.all([accounts.insert(gone), accounts.insert(ada)])
      subject.now += hour
      await accounts.update(ada.id, (one) => [{ ...one!, email: gone.email }, undefined])
      expect(ids(await accounts.find('email', gone.email))).to.deep.equal([ada.id])
    })

    it('live on when an update moves the moment', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account'), expiresAt: subject.now + hour })
      await artifacts.insert(token)
      await artifacts.update(token.id, (one) => [{ ...one!, expiresAt: subject.now + 3 * hour }, undefined])
      subject.now += 2 * hour
      expect(await artifacts.get(token.id)).to.deep.equal({ ...token, expiresAt: subject.now + hour })
      await artifacts.update(token.id, ({ expiresAt: _, ...rest } = token) => [rest, undefined])
      subject.now += 2 * hour
      expect(await artifacts.get(token.id)).to.have.all.keys('id', 'payload', 'account')
    })

    it('can be removed', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account'), expiresAt: subject.now + hour })
      await artifacts.insert(token)
      subject.now += hour
      await artifacts.remove(token.id)
      await artifacts.removeBy('account', token.account!)
      expect(await artifacts.get(token.id)).to.equal(undefined)
    })
  })
}
