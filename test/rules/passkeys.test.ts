import { expect } from 'chai'
import fc from 'fast-check'
import type { Protection } from '../../rules/account.ts'
import type { PasskeyFactor } from '../../rules/factor.ts'
import {
  type Assertion,
  acceptAssertion,
  challengeLifetime,
  takeChallenge,
  withChallenge,
} from '../../rules/passkeys.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { account, attempt, factor, hour, noon, times, totp } from './examples.ts'

const passkey = (fields: Partial<PasskeyFactor> = {}): PasskeyFactor => ({
  ...(factor('passkey') as PasskeyFactor),
  ...fields,
})
const ada = account({ factors: [passkey()] })
const said = (fields: Partial<Assertion> = {}): Assertion => ({
  credential: 'credential',
  counter: 0,
  synced: true,
  backedUp: true,
  verified: true,
  ...fields,
})
const reasonOf = (holder: Protection, assertion: Assertion | undefined, alone = false, now = noon) => {
  const [, outcome] = acceptAssertion(holder, assertion, alone, now)
  return outcome.ok ? 'accepted' : outcome.reason
}
const counting = (counter: number) => account({ factors: [passkey({ counter })] })

/** An account after failures in a row, each when the wait before was over. */
const failing = (count: number, holder: Protection = ada): Protection =>
  times(count, (i) => noon + i * hour).reduce<Protection>(
    (one, now) => acceptAssertion(one, undefined, false, now)[0],
    holder,
  )

describe('A passkey', () => {
  it('that verified is accepted, and says what it has shown', () => {
    const [next, outcome] = acceptAssertion(ada, said({ verified: false }), false, noon)
    expect(outcome).to.deep.equal({ ok: true, passkey: { verified: false, synced: true } })
    expect(next.factors).to.deep.equal([passkey({ lastUsedAt: noon })])
  })

  it('proves hardware only where its enrolment did', () => {
    const key = passkey({ synced: false, hardware: true })
    const [, outcome] = acceptAssertion(account({ factors: [key] }), said({ synced: false }), false, noon)
    expect(outcome).to.deep.equal({ ok: true, passkey: { verified: true, synced: false, hardware: true } })
  })

  it('with a counter counts up', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (stored, given) => {
        const [next, outcome] = acceptAssertion(counting(stored), said({ counter: given }), false, noon)
        expect(outcome.ok).to.equal(given > stored || (given === 0 && stored === 0))
        expect((next.factors[0] as PasskeyFactor).counter).to.equal(outcome.ok ? given : stored)
      }),
    )
  })

  it('whose counter stands still or goes back may be a copy', () => {
    expect([4, 5].map((counter) => reasonOf(counting(5), said({ counter })))).to.deep.equal([
      'cloned',
      'cloned',
    ])
    expect(reasonOf(counting(5), said({ counter: 0 }))).to.equal('cloned')
  })

  it('never becomes one that may be backed up, nor one that may not; whether it is now changes', () => {
    expect(reasonOf(ada, said({ synced: false, backedUp: false }))).to.equal('changed')
    const bound = account({ factors: [passkey({ synced: false, backedUp: false })] })
    expect(reasonOf(bound, said())).to.equal('changed')
    const [next] = acceptAssertion(ada, said({ backedUp: false }), false, noon)
    expect((next.factors[0] as PasskeyFactor).backedUp).to.equal(false)
  })

  it('is the whole sign-in only where it made sure who it is; that it did not is no failure', () => {
    expect(reasonOf(ada, said(), true)).to.equal('accepted')
    expect(acceptAssertion(ada, said({ verified: false }), true, noon)).to.deep.equal([
      ada,
      { ok: false, reason: 'unverified' },
    ])
  })

  it('of nobody, of another credential, or one that is disabled is wrong', () => {
    expect(reasonOf(ada, undefined)).to.equal('wrong')
    expect(reasonOf(ada, said({ credential: 'another' }))).to.equal('wrong')
    expect(reasonOf(account({ factors: [passkey({ disabledAt: noon })] }), said())).to.equal('wrong')
  })

  it('that fits makes earlier failures forgotten, but for those of other methods', () => {
    const throttles = { passkey: { failures: 4, lastAt: noon }, otp: { failures: 2, lastAt: noon } }
    const [next] = acceptAssertion({ ...ada, throttles }, said(), false, noon)
    expect(next.throttles).to.deep.equal({ otp: throttles.otp })
  })

  it('is not even looked at while a wait lasts', () => {
    const throttles = { passkey: { failures: throttleLimits.free + 1, lastAt: noon } }
    const waiting = { ...ada, throttles }
    expect(acceptAssertion(waiting, said(), false, noon)).to.deep.equal([
      waiting,
      { ok: false, reason: 'throttled' },
    ])
    expect(reasonOf(waiting, said(), false, noon + throttleLimits.firstWait)).to.equal('accepted')
  })

  it('is disabled by a hundred failures in a row, with the other passkeys and nothing else', () => {
    const both = account({ factors: [passkey(), totp(), passkey({ id: 'second', credential: 'second' })] })
    expect(failing(99, both).factors).to.deep.equal(both.factors)
    expect(failing(100, both).factors.map(({ disabledAt }) => disabledAt)).to.deep.equal([
      noon + 99 * hour,
      undefined,
      noon + 99 * hour,
    ])
  })
})

describe('A challenge', () => {
  const asked = withChallenge(attempt(), 'first', noon)

  it('is answered once, within five minutes', () => {
    const [next, taken] = takeChallenge(asked, noon + challengeLifetime - 1)
    expect(taken).to.deep.equal({ ok: true, challenge: 'first' })
    expect(takeChallenge(next, noon)).to.deep.equal([next, { ok: false, reason: 'none' }])
    expect(takeChallenge(asked, noon + challengeLifetime)[1]).to.deep.equal({ ok: false, reason: 'expired' })
  })

  it('is the same for a second tab while it lasts long enough, and a new one afterwards', () => {
    expect(withChallenge(asked, 'second', noon + challengeLifetime / 2 - 1)).to.equal(asked)
    const later = withChallenge(asked, 'second', noon + challengeLifetime / 2)
    expect(later.passkey?.challenge).to.equal('second')
  })

  it('does not last longer where the clock was set back', () => {
    const before = noon - hour
    expect(takeChallenge(asked, before)[1]).to.deep.equal({ ok: false, reason: 'expired' })
    expect(withChallenge(asked, 'second', before).passkey).to.deep.equal({
      challenge: 'second',
      expiresAt: before + challengeLifetime,
    })
  })
})
