import { expect } from 'chai'
import { strayWrites, strayWritesIn } from './stray-writes.ts'

describe('One way to write', () => {
  it('is kept wherever people and programs are served', () => {
    expect(strayWrites()).to.deep.equal([])
  })

  it('catches a write of the store in any of its spellings', () => {
    for (const planted of [
      'await services.store.accounts.update(id, rule)',
      'await store.memberships.remove(id)',
      'await cases.insert(one)',
      "await store.links.removeBy('account', id)",
      'await store[name].update(id, rule)',
      "await services.audit.append({ event: 'made.up' })",
      'await audit\n    .append(fact)',
      'for (const kept of all) await kept.removeBy(index, id)',
    ])
      expect(strayWritesIn(planted), planted).to.have.length.greaterThan(0)
  })

  it('leaves hashes and changes alone', () => {
    expect(strayWritesIn("createHash('sha256').update(text); change('accounts', id, rule)")).to.deep.equal([])
  })
})
