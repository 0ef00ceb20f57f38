import { expect } from 'chai'
import fc from 'fast-check'
import { clockSkew as skew } from '../../rules/lately.ts'
import {
  allowedFrom,
  type Budget,
  failed,
  isAllowed,
  isExhausted,
  spend,
  type Throttle,
  throttleLimits,
} from '../../rules/throttle.ts'
import { minute, moment, noon, times } from './examples.ts'

const { free, firstWait, longestWait, disableAfter } = throttleLimits

const failures = fc.integer({ min: 0, max: 200 })
const failing = (count: number, now = noon): Throttle | undefined =>
  times(count, () => now).reduce<Throttle | undefined>(failed, undefined)
const wait = (count: number): number => Math.max(0, allowedFrom(failing(count), noon) - noon)

describe('Throttling', () => {
  it('lets people mistype a few times at no cost', () => {
    for (const count of times(free + 1, (i) => i)) expect(isAllowed(failing(count), noon)).to.equal(true)
  })

  it('waits half a minute after the first failure too many, and twice as long after each one more', () => {
    expect(times(4, (i) => wait(free + 1 + i))).to.deep.equal([30_000, 60_000, 120_000, 240_000])
  })

  it('waits longer the more failures there were, and never longer than the longest wait', () => {
    fc.assert(
      fc.property(failures, (count) => {
        expect(wait(count + 1)).to.be.at.least(wait(count))
        expect(wait(count)).to.be.at.most(longestWait)
      }),
    )
    expect(wait(free + 1)).to.equal(firstWait)
    expect(wait(disableAfter)).to.equal(longestWait)
  })

  it('allows the next try when the wait is over, and not a moment earlier', () => {
    fc.assert(
      fc.property(fc.integer({ min: free + 1, max: 200 }), moment, (count, at) => {
        const throttle = failing(count, at)
        const from = allowedFrom(throttle, at)
        expect([isAllowed(throttle, from - 1), isAllowed(throttle, from)]).to.deep.equal([false, true])
      }),
    )
  })

  it('counts every failure, and says when the last one was', () => {
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1 }), (moments) => {
        const throttle = moments.reduce<Throttle | undefined>(failed, undefined)
        expect(throttle).to.deep.equal({ failures: moments.length, lastAt: moments.at(-1) })
      }),
    )
  })

  it('holds nobody off for longer than the wait from now, whatever the clock was set to', () => {
    fc.assert(
      fc.property(failures, moment, moment, (count, failedAt, now) => {
        expect(allowedFrom(failing(count, failedAt), now) - now).to.be.at.most(wait(count))
      }),
    )
  })

  it('holds nobody off by a failure in the future, as the clock would have to get there again', () => {
    fc.assert(
      fc.property(failures, moment, fc.integer({ min: skew + 1, max: 1e12 }), (count, now, setBack) => {
        expect(isAllowed(failing(count, now + setBack), now)).to.equal(true)
      }),
    )
  })

  it('takes clocks of processes that differ a little for the same clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: skew }), (ahead) => {
        expect(isAllowed(failing(free + 1, noon + ahead), noon)).to.equal(false)
      }),
    )
  })

  it('is exhausted at a hundred failures', () => {
    fc.assert(
      fc.property(failures, (count) => {
        expect(isExhausted(failing(count))).to.equal(count >= disableAfter)
      }),
    )
    expect([99, 100].map((count) => isExhausted(failing(count)))).to.deep.equal([false, true])
    expect(disableAfter).to.equal(100)
  })
})

describe('A budget', () => {
  const budget: Budget = { capacity: 10, period: minute }

  /** How many of the tries, at these distances from each other, are let through. */
  function passed(waits: number[], of = budget): number {
    let state: Throttle | undefined
    let now = noon
    return waits.filter((waited) => {
      now += waited
      const next = spend(state, of, now)
      state = next ?? state
      return next !== undefined
    }).length
  }

  it('is spent after as many tries at once as it holds', () => {
    expect(passed(times(25, () => 0))).to.equal(10)
  })

  it('is whole again after its period', () => {
    expect(passed([...times(10, () => 0), minute, ...times(24, () => 0)])).to.equal(20)
  })

  it('is refilled evenly', () => {
    expect(passed([...times(10, () => 0), ...times(30, () => minute / 10)])).to.equal(40)
    expect(passed([...times(10, () => 0), ...times(30, () => minute / 20)])).to.equal(25)
  })

  it('never lets more through than it held and was refilled with', () => {
    const anyBudget = fc.record({
      capacity: fc.integer({ min: 1, max: 50 }),
      period: fc.integer({ min: 1000, max: 100_000 }),
    })
    const waits = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 200 })
    fc.assert(
      fc.property(anyBudget, waits, (of, distances) => {
        const elapsed = distances.slice(1).reduce((sum, one) => sum + one, 0)
        expect(passed(distances, of)).to.be.at.most(of.capacity + (elapsed * of.capacity) / of.period + 1e-6)
      }),
    )
  })

  it('is not held back by a clock that was set back', () => {
    const spent = times(10, () => noon).reduce<Throttle | undefined>(
      (state) => spend(state, budget, noon),
      undefined,
    )
    expect(spend(spent, budget, noon)).to.equal(undefined)
    expect(spend(spent, budget, noon - minute)).to.deep.equal({ failures: 1, lastAt: noon - minute })
  })
})
