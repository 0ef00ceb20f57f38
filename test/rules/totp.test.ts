import { expect } from 'chai'
import fc from 'fast-check'
import type { Protection, Recovered } from '../../rules/account.ts'
import { replaceBackupCodes } from '../../rules/backup-codes.ts'
import { addFactor, stripAccount } from '../../rules/enrolment.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { acceptTotp } from '../../rules/totp.ts'
import { account, day, hour, mac, noon, times, totp } from './examples.ts'

const step = Math.floor(noon / 30_000)
const ada = account({ factors: [totp()] })
const matched = (at = step, factor = 'phone') => ({ factor, step: at })

/** An account after failures in a row, each when the wait before was over. */
const failing = (count: number, holder: Protection = ada): Protection =>
  times(count, (i) => noon + i * hour).reduce<Protection>(
    (one, now) => acceptTotp(one, undefined, now)[0],
    holder,
  )

describe('A TOTP code', () => {
  it('that fits is accepted, and remembered by its step', () => {
    const [next, outcome] = acceptTotp(ada, matched(), noon)
    expect(outcome).to.deep.equal({ ok: true })
    expect(next.factors).to.deep.equal([totp({ lastStep: step, lastUsedAt: noon })])
  })

  it('is accepted once', () => {
    const [next] = acceptTotp(ada, matched(), noon)
    const [again, outcome] = acceptTotp(next, matched(), noon)
    expect(outcome).to.deep.equal({ ok: false, reason: 'replayed' })
    expect(again.throttles['otp']?.failures).to.equal(1)
  })

  it('of an earlier step than the last accepted one is refused, so that steps only go up', () => {
    const steps = fc.array(fc.integer({ min: step - 5, max: step + 5 }), { maxLength: 30 })
    fc.assert(
      fc.property(steps, (tried) => {
        let current: Protection = ada
        const accepted: number[] = []
        tried.forEach((one, index) => {
          const [next, outcome] = acceptTotp(current, matched(one), noon + index * hour)
          if (outcome.ok) accepted.push(one)
          current = next
        })
        expect(accepted).to.deep.equal([...new Set(accepted)].sort((a, b) => a - b))
        expect(accepted.at(-1)).to.equal(tried.length === 0 ? undefined : Math.max(...tried))
      }),
    )
  })

  it('is accepted when a clock that was ahead is set back, and what was used then stays used', () => {
    const ahead = 20
    const [used] = acceptTotp(ada, matched(step + ahead), noon + ahead * 30_000)
    const [again, outcome] = acceptTotp(used, matched(), noon)
    expect(outcome).to.deep.equal({ ok: true })
    expect(acceptTotp(again, matched(), noon)[1]).to.deep.equal({ ok: false, reason: 'replayed' })
    const replayed = acceptTotp(again, matched(step + ahead), noon + ahead * 30_000)
    expect(replayed[1]).to.deep.equal({ ok: false, reason: 'replayed' })
  })

  it('of another factor, or of none, is wrong', () => {
    for (const none of [undefined, matched(step, 'tablet')])
      expect(acceptTotp(ada, none, noon)[1]).to.deep.equal({ ok: false, reason: 'wrong' })
  })

  it('of a step that one factor used is accepted from another', () => {
    const both = account({ factors: [totp(), totp({ id: 'tablet' })] })
    const [next] = acceptTotp(both, matched(), noon)
    expect(acceptTotp(next, matched(step, 'tablet'), noon)[1]).to.deep.equal({ ok: true })
  })

  it('that fits makes earlier failures forgotten, but for those of other methods', () => {
    const throttles = { otp: { failures: 4, lastAt: noon }, backup_code: { failures: 2, lastAt: noon } }
    const [next] = acceptTotp({ ...ada, throttles }, matched(), noon)
    expect(next.throttles).to.deep.equal({ backup_code: { failures: 2, lastAt: noon } })
  })

  it('is not even looked at while a wait lasts', () => {
    const throttles = { otp: { failures: throttleLimits.free + 1, lastAt: noon } }
    const waiting = { ...ada, throttles }
    expect(acceptTotp(waiting, matched(), noon)).to.deep.equal([waiting, { ok: false, reason: 'throttled' }])
    expect(acceptTotp(waiting, matched(), noon + throttleLimits.firstWait)[1].ok).to.equal(true)
  })
})

describe('A hundred wrong TOTP codes in a row', () => {
  it('disable the factor, and the ninety-ninth not yet', () => {
    expect(failing(99).factors[0]).to.not.have.property('disabledAt')
    expect(failing(100).factors[0]?.disabledAt).to.equal(noon + 99 * hour)
  })

  it('leave no code that fits, however long one waits', () => {
    const [next, outcome] = acceptTotp(failing(100), matched(), noon + 365 * day)
    expect(outcome).to.deep.equal({ ok: false, reason: 'throttled' })
    expect(next).to.deep.equal(failing(100))
  })

  it('leave a disabled factor useless even when nothing is counted any more', () => {
    const disabled = { ...failing(100), throttles: {} }
    expect(acceptTotp(disabled, matched(), noon + 365 * day)[1]).to.deep.equal({ ok: false, reason: 'wrong' })
  })

  it('are forgotten when a new factor is bound', () => {
    const rebound = addFactor(failing(100), totp({ id: 'tablet' }), noon)
    expect(acceptTotp(rebound, matched(step, 'tablet'), noon)[1]).to.deep.equal({ ok: true })
  })
})

describe('A new TOTP factor', () => {
  it('starts anew: a step that the one before used is accepted', () => {
    const [used] = acceptTotp(ada, matched(), noon)
    const stripped = stripAccount(used, recovered(), noon)
    const next = addFactor(stripped, totp({ id: 'tablet', createdAt: noon }), noon)
    expect(acceptTotp(next, matched(step, 'tablet'), noon)[1]).to.deep.equal({ ok: true })
    expect(acceptTotp(next, matched(step, 'phone'), noon)[1]).to.deep.equal({ ok: false, reason: 'wrong' })
  })

  it('settles what a reset left behind', () => {
    const next = addFactor(stripAccount(ada, recovered(), noon), totp({ id: 'tablet' }), noon + hour)
    expect(next).to.not.have.property('recovered')
    expect(next.factors.map(({ id }) => id)).to.deep.equal(['tablet'])
    expect(next.factorsChangedAt).to.equal(noon + hour)
  })
})

function recovered(fields: Partial<Recovered> = {}): Recovered {
  return { case: 'case-1', route: 'admin', at: noon, ...fields }
}

describe('Stripping an account', () => {
  const codes = ['7ZQ4-0KXV-9T2M-BC5H']
  const full = replaceBackupCodes(
    account({
      factors: [totp(), totp({ id: 'tablet', disabledAt: noon })],
      throttles: { otp: { failures: 3, lastAt: noon }, backup_code: { failures: 1, lastAt: noon } },
    }),
    codes,
    mac,
    noon - day,
  )

  it('leaves no factor, no backup code and no failure, and voids what began before', () => {
    const next = stripAccount(full, recovered(), noon)
    expect(next.factors).to.deep.equal([])
    expect(next.throttles).to.deep.equal({})
    expect(next.backupCodes?.codes).to.deep.equal([])
    expect(next.backupCodes?.confirmedAt).to.equal(undefined)
    expect(next).to.include({ validAfter: noon, factorsChangedAt: noon, lastReset: 'case-1' })
    expect(next.recovered).to.deep.equal(recovered())
  })

  it('leaves whose it is, and where notices go, as they are', () => {
    const addresses = [{ address: 'ada@home.example', verifiedAt: noon }]
    const next = stripAccount({ ...full, noticeAddresses: addresses }, recovered(), noon)
    expect(next).to.deep.include({ id: 'ada', noticeAddresses: addresses })
  })

  it('happens once a case: what was enrolled meanwhile stays', () => {
    const stripped = stripAccount(full, recovered(), noon)
    const enrolled = addFactor(stripped, totp({ id: 'new' }), noon + hour)
    expect(stripAccount(enrolled, recovered(), noon + 2 * hour)).to.equal(enrolled)
  })

  it('happens again for another case', () => {
    const enrolled = addFactor(stripAccount(full, recovered(), noon), totp({ id: 'new' }), noon + hour)
    const next = stripAccount(enrolled, recovered({ case: 'case-2' }), noon + 2 * hour)
    expect([next.factors, next.validAfter]).to.deep.equal([[], noon + 2 * hour])
  })

  it('keeps the number of the last set, so that no two sheets ever share one', () => {
    const next = replaceBackupCodes(stripAccount(full, recovered(), noon), codes, mac, noon)
    expect(next.backupCodes?.number).to.equal(2)
  })

  it('does not happen to an account whose owner stopped it', () => {
    const stopped = { ...full, stoppedReset: 'case-1' }
    expect(stripAccount(stopped, recovered(), noon)).to.equal(stopped)
    expect(stripAccount(stopped, recovered({ case: 'case-2' }), noon).factors).to.deep.equal([])
  })

  it('gives an account without backup codes none', () => {
    expect(stripAccount(ada, recovered(), noon)).to.not.have.property('backupCodes')
  })
})
