import { expect } from 'chai'
import { observedStore, type StoreOperation } from '../../standalone/observe/store.ts'
import { artifact } from '../conformance/subject.ts'
import { lmdb } from '../support/stores.ts'

describe('The store of the program, which tells how long it takes', () => {
  it('does all that the store beneath does, and tells of each', async () => {
    const { store, dispose } = await lmdb.open()
    const told: StoreOperation[] = []
    const { artifacts } = observedStore(store, (one) => told.push(one))
    const [one, other, third] = [artifact(), artifact(), artifact()]
    await artifacts.insert(one)
    await artifacts.insertAll([other, third])
    expect(await artifacts.get(one.id)).to.deep.equal(one)
    expect(await artifacts.update(one.id, (current) => [current, 'seen'])).to.equal('seen')
    expect(await artifacts.walk({ limit: 9 })).to.have.length(3)
    expect(await artifacts.find('account', 'nobody')).to.deep.equal([])
    expect(await artifacts.count('account', 'nobody', 9)).to.equal(0)
    await artifacts.removeBy('account', 'nobody')
    await artifacts.remove(one.id)
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(store.artifacts))
    const done = told.map(({ operation }) => operation)
    expect(Object.keys(artifacts)).to.have.members(done)
    for (const operation of done) expect(methods).to.include(operation)
    await dispose()
  })
})
