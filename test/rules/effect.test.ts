import { expect } from 'chai'
import fc from 'fast-check'
import { type Effect, withEffects, withoutEffect } from '../../rules/effect.ts'
import { account } from './examples.ts'

const effect = (id: string): Effect => ({ kind: 'end_sessions', id, account: 'ada' })
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 6 })

describe('Effects of a document', () => {
  it('are added at the end, and mark the document so that an index finds it', () => {
    const one = withEffects(withEffects(account(), [effect('a')]), [effect('b'), effect('c')])
    expect(one.effects.map(({ id }) => id)).to.deep.equal(['a', 'b', 'c'])
    expect(one.effectsDue).to.equal('yes')
  })

  it('that are none leave the very same document', () => {
    const ada = account()
    expect(withEffects(ada, [])).to.equal(ada)
  })

  it('are struck off one by one, and the mark goes with the last', () => {
    const two = withEffects(account(), [effect('a'), effect('b')])
    const one = withoutEffect(two, 'a')
    expect([one.effects, one.effectsDue]).to.deep.equal([[effect('b')], 'yes'])
    expect(withoutEffect(one, 'b')).to.deep.equal(account())
  })

  it('that were struck off already stay so, and others stay', () => {
    const one = withEffects(account(), [effect('b')])
    expect(withoutEffect(one, 'a')).to.deep.equal(one)
  })

  it('are marked exactly while there are some, whatever is added and struck off', () => {
    const steps = fc.array(
      fc.oneof(fc.record({ add: names }), fc.record({ strike: fc.string({ maxLength: 4 }) })),
    )
    fc.assert(
      fc.property(steps, (all) => {
        let left: string[] = []
        let one = account()
        for (const step of all) {
          if ('add' in step) {
            one = withEffects(one, step.add.map(effect))
            left = [...left, ...step.add]
          } else {
            one = withoutEffect(one, step.strike)
            left = left.filter((id) => id !== step.strike)
          }
          expect(one.effects.map(({ id }) => id)).to.deep.equal(left)
          expect(one.effectsDue).to.equal(left.length > 0 ? 'yes' : undefined)
        }
      }),
    )
  })
})
