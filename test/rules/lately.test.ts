import { expect } from 'chai'
import fc from 'fast-check'
import { isLately, isToCome, clockSkew as skew } from '../../rules/lately.ts'

const now = 1_700_000_000_000

describe('What happened lately, and what is to come', () => {
  it('is lately for as long as it was said', () => {
    expect([now, now - 999, now + skew].map((at) => isLately(at, 1000, now))).to.deep.equal([
      true,
      true,
      true,
    ])
    expect(isLately(now - 1000, 1000, now)).to.equal(false)
  })

  it('is to come until then', () => {
    expect([now + 1, now + 1000].map((at) => isToCome(at, 1000, now))).to.deep.equal([true, true])
    expect(isToCome(now, 1000, now)).to.equal(false)
  })

  it('holds nothing up for as long as a clock was ahead that was put right', () => {
    const length = fc.integer({ min: 1, max: 86_400_000 })
    const ahead = fc.integer({ min: 1, max: 10 * 365 * 86_400_000 })
    fc.assert(
      fc.property(length, ahead, (long, off) => {
        expect(isLately(now + skew + off, long, now)).to.equal(false)
        expect(isToCome(now + skew + long + off, long, now)).to.equal(false)
      }),
    )
  })
})
