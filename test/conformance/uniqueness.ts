import { expect } from 'chai'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import { person } from '../rules/examples.ts'
import { account, conflictOf, ids, type Subject, times, unique, winners } from './subject.ts'

/** As much of a case as the store looks at. */
function openCase(openFor: string | undefined): RecoveryCase {
  return { id: unique('case'), account: 'someone', openFor, openedAt: 1 } as RecoveryCase
}

export function uniquenessFacts(subject: Subject): void {
  describe('unique values', () => {
    it('belong to one document: another insert is a conflict that names the index', async () => {
      const { accounts } = subject.store
      const ada = account()
      const twin = account({ email: ada.email })
      await accounts.insert(ada)
      expect(await conflictOf(accounts.insert(twin))).to.equal('email')
      expect(await accounts.get(twin.id)).to.equal(undefined)
      expect(ids(await accounts.find('email', ada.email))).to.deep.equal([ada.id])
    })

    it('are of no interest when the id is taken too', async () => {
      const { accounts } = subject.store
      const ada = account()
      await accounts.insert(ada)
      expect(await conflictOf(accounts.insert({ ...ada }))).to.equal('id')
    })

    it('can not be taken over by an update, which then changes nothing', async () => {
      const { accounts } = subject.store
      const [ada, eve] = [account(), account()]
      await Promise.all([accounts.insert(ada), accounts.insert(eve)])
      const taking = accounts.update(eve.id, (one) => [{ ...one!, email: ada.email, name: 'Ada' }, 'taken'])
      expect(await conflictOf(taking)).to.equal('email')
      expect(await accounts.get(eve.id)).to.deep.equal(eve)
      expect(ids(await accounts.find('email', eve.email))).to.deep.equal([eve.id])
    })

    it('can not be taken by an update that inserts', async () => {
      const { accounts } = subject.store
      const ada = account()
      const twin = account({ email: ada.email })
      await accounts.insert(ada)
      expect(await conflictOf(accounts.update(twin.id, () => [twin, undefined]))).to.equal('email')
      expect(await accounts.get(twin.id)).to.equal(undefined)
    })

    it('stay with a document that keeps them while it changes', async () => {
      const { people } = subject.store
      const login = `${unique('ada')}@example.com`
      const ada = person({ id: unique('ada'), login })
      await people.insert(ada)
      await people.update(ada.id, (one) => [{ ...one!, name: 'Ada Lovelace' }, undefined])
      expect((await people.find('login', login)).map(({ name }) => name)).to.deep.equal(['Ada Lovelace'])
    })

    it('are free again when their document takes another', async () => {
      const { accounts } = subject.store
      const ada = account()
      const next = account({ email: ada.email })
      await accounts.insert(ada)
      await accounts.update(ada.id, (one) => [{ ...one!, email: `${unique('new')}@example.com` }, undefined])
      await accounts.insert(next)
      expect(ids(await accounts.find('email', ada.email))).to.deep.equal([next.id])
    })

    it('are free again when their document is removed', async () => {
      const { accounts } = subject.store
      const [ada, bob] = [account(), account()]
      await Promise.all([accounts.insert(ada), accounts.insert(bob)])
      await accounts.remove(ada.id)
      await accounts.update(bob.id, () => [undefined, undefined])
      await accounts.insert(account({ email: ada.email }))
      await accounts.insert(account({ email: bob.email }))
    })

    it('are not asked of documents without the field', async () => {
      const { cases } = subject.store
      const person = unique('account')
      const cases2 = [openCase(undefined), openCase(undefined)]
      for (const one of cases2) await cases.insert(one)
      const first = openCase(person)
      await cases.insert(first)
      expect(await conflictOf(cases.insert(openCase(person)))).to.equal('openFor')
      await cases.update(first.id, ({ openFor: _, ...closed } = first) => [closed, undefined])
      await cases.insert(openCase(person))
    })

    it('go to exactly one of 50 inserts at once', async () => {
      const { accounts } = subject.store
      const email = `${unique('ada')}@example.com`
      expect(await winners(times(50, () => accounts.insert(account({ email }))))).to.equal(1)
      expect(await accounts.find('email', email)).to.have.length(1)
    })

    it('go to exactly one of 50 updates at once', async () => {
      const { accounts } = subject.store
      const email = `${unique('ada')}@example.com`
      const people = times(50, () => account())
      await Promise.all(people.map((one) => accounts.insert(one)))
      const taking = people.map(({ id }) => accounts.update(id, (one) => [{ ...one!, email }, undefined]))
      expect(await winners(taking)).to.equal(1)
      expect(await accounts.find('email', email)).to.have.length(1)
    })

    it('leave exactly one of 50 inserts of one id', async () => {
      const { settings } = subject.store
      const id = unique('setting')
      expect(await winners(times(50, (i) => settings.insert({ id, value: `${i}` })))).to.equal(1)
    })
  })
}
