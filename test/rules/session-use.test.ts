import { expect } from 'chai'
import * as fc from 'fast-check'
import { idleLimit, isIdle, usedNow } from '../../rules/session-use.ts'

describe('The use of a session', () => {
  const minute = 60_000

  it('is missed after an hour, and not before it was ever written down', () => {
    expect(isIdle(0, idleLimit)).to.equal(false)
    expect(isIdle(0, idleLimit + 1)).to.equal(true)
    expect(isIdle(undefined, idleLimit + 1)).to.equal(false)
  })

  it('is written down every ten minutes, and never once it was missed', () => {
    expect(usedNow(undefined, 5)).to.equal(5)
    expect(usedNow(0, 9 * minute)).to.equal(0)
    expect(usedNow(0, 10 * minute)).to.equal(10 * minute)
    expect(usedNow(0, 61 * minute)).to.equal(0)
  })

  it('is put right when the clock was ahead', () => {
    expect(usedNow(10 * minute, 5 * minute)).to.equal(5 * minute)
  })

  // Seen failing without `Math.abs` in `isIdle`.
  it('says nothing where the clock was ahead by more than that', () => {
    expect(isIdle(idleLimit + 1, 0)).to.equal(true)
    expect(isIdle(idleLimit, 0)).to.equal(false)
    expect(usedNow(idleLimit + 1, 0)).to.equal(idleLimit + 1)
  })

  // Seen failing with `idleLimit + 600_000` in `isIdle`.
  it('is never believed for more than an hour after the last', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 2 * idleLimit }), { minLength: 1, maxLength: 20 })
    const property = fc.property(gaps, (waits) => {
      let now = 0
      let usedAt = usedNow(undefined, now)
      let ended = false
      for (const wait of waits) {
        now += wait
        ended ||= wait > idleLimit
        if (ended) expect(isIdle(usedAt, now)).to.equal(true)
        if (wait > 0 && wait <= idleLimit - 10 * minute && !ended && !isIdle(usedAt, now - wait))
          expect(isIdle(usedAt, now)).to.equal(false)
        usedAt = usedNow(usedAt, now)
      }
    })
    fc.assert(property, { seed: 20_260_101 })
  })
})
