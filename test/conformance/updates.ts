import { expect } from 'chai'
import { Conflict } from '../../adapters/store/port.ts'
import { artifact, ids, type Subject, times, unique } from './subject.ts'

export function updateFacts(subject: Subject): void {
  describe('updates', () => {
    const count = (id: string) =>
      subject.store.settings.update(id, (one) => {
        const value = `${Number(one?.value ?? 0) + 1}`
        return [{ id, value }, Number(value)]
      })

    it('give the outcome of the change', async () => {
      const id = unique('counter')
      expect(await count(id)).to.equal(1)
      expect(await count(id)).to.equal(2)
    })

    it('insert what is missing, with its index entries', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account') })
      const seen = await artifacts.update(token.id, (one) => [token, one])
      expect(seen).to.equal(undefined)
      expect(await artifacts.get(token.id)).to.deep.equal(token)
      expect(await artifacts.find('account', token.account!)).to.deep.equal([token])
    })

    it('remove the document when the change returns none, from its indexes too', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account') })
      await artifacts.insert(token)
      expect(await artifacts.update(token.id, (one) => [undefined, one?.id])).to.equal(token.id)
      expect(await artifacts.get(token.id)).to.equal(undefined)
      await artifacts.insert({ ...token, account: unique('account') })
      expect(await artifacts.find('account', token.account!)).to.deep.equal([])
    })

    it('leave a missing document missing when the change returns none', async () => {
      const id = unique('nothing')
      expect(await subject.store.settings.update(id, (one) => [one, 'fine'])).to.equal('fine')
      expect(await subject.store.settings.get(id)).to.equal(undefined)
    })

    it('write nothing when the change returns what it was given', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account') })
      await artifacts.insert(token)
      const outcome = await artifacts.update(token.id, (one) => {
        Reflect.set(one!, 'payload', 'changed in place')
        Reflect.set(one!, 'account', 'changed in place')
        return [one, 'looked']
      })
      expect(outcome).to.equal('looked')
      expect(await artifacts.get(token.id)).to.deep.equal(token)
      expect(await artifacts.find('account', token.account!)).to.deep.equal([token])
    })

    it('drop fields that the next document lacks', async () => {
      const { artifacts } = subject.store
      const token = artifact({ consumed: 5, userCode: unique('code') })
      await artifacts.insert(token)
      await artifacts.update(token.id, ({ consumed: _, userCode: __, ...rest } = token) => [rest, undefined])
      expect(await artifacts.get(token.id)).to.have.all.keys('id', 'payload')
    })

    it('store first what comes with them, also where the change writes nothing', async () => {
      const { artifacts } = subject.store
      const [token, next, unused] = [artifact(), artifact({ account: unique('account') }), artifact()]
      await artifacts.insert(token)
      const spent = await artifacts.update(token.id, (one) => [{ ...one!, consumed: 5 }, 'spent'], [next])
      expect(spent).to.equal('spent')
      expect((await artifacts.get(token.id))?.consumed).to.equal(5)
      expect(await artifacts.find('account', next.account!)).to.deep.equal([next])
      expect(await artifacts.update(token.id, (one) => [one, 'looked'], [unused])).to.equal('looked')
      expect(await artifacts.get(unused.id)).to.deep.equal(unused)
    })

    it('change nothing where the id of what comes with them is taken', async () => {
      const { artifacts } = subject.store
      const [token, taken] = [artifact(), artifact()]
      await artifacts.insertAll([token, taken])
      const outcome = artifacts.update(token.id, (one) => [{ ...one!, consumed: 5 }, undefined], [
        { ...taken, payload: 'another' },
      ])
      expect(await outcome.catch((error: Error) => error)).to.be.instanceOf(Conflict)
      expect(await artifacts.get(token.id)).to.deep.equal(token)
      expect(await artifacts.get(taken.id)).to.deep.equal(taken)
    })

    it('lose none of 50 at once', async () => {
      const id = unique('counter')
      const outcomes = await Promise.all(times(50, () => count(id)))
      expect((await subject.store.settings.get(id))?.value).to.equal('50')
      expect(outcomes.sort((a, b) => a - b)).to.deep.equal(times(50, (i) => i + 1))
    })

    it('let exactly one of 50 redeem a code', async () => {
      const { artifacts } = subject.store
      const code = artifact()
      await artifacts.insert(code)
      const redeem = () =>
        artifacts.update(code.id, (one) =>
          one!.consumed ? [one, 'refused'] : [{ ...one!, consumed: 1 }, 'redeemed'],
        )
      const outcomes = await Promise.all(times(50, redeem))
      expect(outcomes.filter((outcome) => outcome === 'redeemed')).to.have.length(1)
    })

    it('let exactly one of 50 take a document away', async () => {
      const { artifacts } = subject.store
      const link = artifact({ account: unique('account') })
      await artifacts.insert(link)
      const take = () => artifacts.update(link.id, (one) => [undefined, one !== undefined])
      const outcomes = await Promise.all(times(50, take))
      expect(outcomes.filter((taken) => taken)).to.have.length(1)
    })

    it('let exactly one of 50 create a document', async () => {
      const { settings } = subject.store
      const id = unique('first')
      const claim = (who: number) =>
        settings.update(id, (one) => (one ? [one, false] : [{ id, value: `${who}` }, true]))
      const outcomes = await Promise.all(times(50, claim))
      expect(outcomes.filter((first) => first)).to.have.length(1)
      expect((await settings.get(id))?.value).to.equal(`${outcomes.indexOf(true)}`)
    })

    it('of other documents go on beside each other', async () => {
      const counters = times(20, () => unique('counter'))
      await Promise.all(times(200, (i) => count(counters[i % 20]!)))
      const values = await Promise.all(counters.map((id) => subject.store.settings.get(id)))
      expect(values.map((one) => one?.value)).to.deep.equal(times(20, () => '10'))
    })

    it('and removals leave no entry behind, whichever is first', async () => {
      const { artifacts } = subject.store
      const value = unique('account')
      const tokens = times(20, () => artifact({ account: value }))
      await Promise.all(tokens.map((token) => artifacts.insert(token)))
      await Promise.all(
        tokens.flatMap(({ id }) => [
          artifacts.update(id, (one) => [one && { ...one, account: `${value}-2` }, undefined]),
          artifacts.remove(id),
        ]),
      )
      expect(ids(await artifacts.find('account', value))).to.deep.equal([])
      expect(ids(await artifacts.find('account', `${value}-2`))).to.deep.equal([])
    })

    it('that throw reject with what was thrown and change nothing, while others at once go on', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account') })
      const id = unique('counter')
      await artifacts.insert(token)
      const fault = new Error('a bug in a rule')
      const throwing = () =>
        artifacts.update(token.id, () => {
          throw fault
        })
      const settled = await Promise.allSettled(times(20, (i) => (i % 2 ? throwing() : count(id))))
      expect(settled.map((one) => (one.status === 'rejected' ? one.reason : 'counted'))).to.deep.equal(
        times(20, (i) => (i % 2 ? fault : 'counted')),
      )
      expect((await subject.store.settings.get(id))?.value).to.equal('10')
      expect(await artifacts.get(token.id)).to.deep.equal(token)
    })

    it('can not give a document another id', async () => {
      const { settings } = subject.store
      const [id, other] = [unique('setting'), unique('setting')]
      await settings.insert({ id, value: 'x' })
      const renamed = await settings
        .update(id, () => [{ id: other, value: 'y' }, undefined])
        .catch((error) => error)
      expect(renamed).to.be.instanceOf(Error)
      expect([await settings.get(id), await settings.get(other)]).to.deep.equal([
        { id, value: 'x' },
        undefined,
      ])
    })
  })
}
