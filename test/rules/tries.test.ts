import { expect } from 'chai'
import type { Protection } from '../../rules/account.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { acceptTotp } from '../../rules/totp.ts'
import { mayTry, triedBy } from '../../rules/tries.ts'
import { account, noon, totp } from './examples.ts'

describe('Tries of strangers', () => {
  const start: Protection = account({ factors: [totp({ id: 'app' })] })
  const right = (step: number) => ({ factor: 'app', step })
  const by = (who: string, current = start, matched?: { factor: string; step: number }, at = noon) =>
    triedBy(current, 'otp', who, at, (seen) => acceptTotp(seen, matched, at))
  const guess = (who: string, times: number, current = start) => {
    let next = current
    for (let time = 0; time < times; time += 1) next = by(who, next)[0]
    return next
  }

  it('make strangers wait, and not the browser that the person has used', () => {
    const guessed = guess('stranger', 50)
    expect(by('stranger', guessed, right(1))[1]).to.deep.equal({ ok: false, reason: 'throttled' })
    expect(mayTry(guessed, 'otp', 'stranger', noon)).to.equal(false)
    expect(mayTry(guessed, 'otp', 'own', noon)).to.equal(true)
    expect(by('own', guessed, right(1))[1]).to.deep.equal({ ok: true })
  })

  it('are looked at no more while they wait, and count no more', () => {
    const guessed = guess('stranger', 50)
    expect(guessed.throttles.otp!.failures).to.equal(throttleLimits.free + 1)
  })

  it('disable the factor all the same when they are a hundred in a row, from however many networks', () => {
    let next = start
    for (let network = 0; network < 25; network += 1) next = guess(`network-${network}`, 4, next)
    expect(next.factors[0]!.disabledAt).to.equal(noon)
    expect(mayTry(next, 'otp', 'own', noon)).to.equal(false)
    expect(Object.keys(next.throttles).length).to.be.at.most(21)
  })

  it('are forgotten when the person is right: for everyone, and for themselves', () => {
    const mistyped = guess('own', 3, guess('stranger', 3))
    const [next] = by('own', mistyped, right(1))
    expect(Object.keys(next.throttles)).to.deep.equal(['otp@stranger'])
  })
})
