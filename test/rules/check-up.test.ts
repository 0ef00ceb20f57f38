import { expect } from 'chai'
import type { Protection } from '../../rules/account.ts'
import { checkedUp, checkUpInterval, checkUpOf, confirmFactor, staleFactors } from '../../rules/check-up.ts'
import type { Factor } from '../../rules/factor.ts'
import { account, day, factor, noon, times, totp } from './examples.ts'

const kinds = ['totp', 'passkey'] as const
const codes = (left: number) => ({
  number: 1,
  createdAt: noon - 500 * day,
  confirmedAt: noon - 500 * day,
  codes: times(10, (index) => (index < left ? { hash: `${index}` } : { hash: `${index}`, usedAt: noon })),
})
const old = (one: Factor, fields: Partial<Factor> = {}): Factor =>
  ({ ...one, createdAt: noon - 400 * day, lastUsedAt: noon - day, ...fields }) as Factor

/** Someone who lacks nothing. */
const fine = (fields: Partial<Protection> = {}): Protection =>
  account({
    factors: [old(totp()), old(factor('passkey'))],
    backupCodes: codes(10),
    checkUp: { at: noon - 100 * day },
    ...fields,
  })
const reasons = (one: Protection, now = noon) => checkUpOf(one, [...kinds], now)

describe('A check-up', () => {
  it('asks nothing of someone who lacks nothing, nor of someone without a second factor', () => {
    expect(reasons(fine())).to.deep.equal([])
    expect(reasons(fine({ factors: [] }))).to.deep.equal([])
  })

  it('is due when three codes or fewer are left', () => {
    expect(reasons(fine({ backupCodes: codes(4) }))).to.deep.equal([])
    for (const left of [0, 1, 2, 3])
      expect(reasons(fine({ backupCodes: codes(left) })), `${left}`).to.deep.equal(['codes_low'])
  })

  it('is due when one method works, once it is a week old', () => {
    const added = (days: number) => fine({ factors: [totp({ createdAt: noon - days * day })] })
    expect(reasons(added(6.9))).to.deep.equal([])
    expect(reasons(added(7))).to.deep.equal(['one_method'])
    const disabled = old(factor('passkey'), { disabledAt: noon })
    expect(reasons(fine({ factors: [old(totp()), disabled] }))).to.deep.equal(['one_method'])
  })

  it('asks for no second method where none can be set up', () => {
    expect(checkUpOf(fine({ factors: [old(totp())] }), [], noon)).to.deep.equal([])
  })

  it('is due when a method was not used for a year, unless the person said that it is there', () => {
    const unused = old(factor('passkey'), { lastUsedAt: noon - 365 * day })
    const one = fine({ factors: [old(totp()), unused] })
    expect(reasons(one)).to.deep.equal(['stale'])
    expect(staleFactors(one, noon)).to.deep.equal([unused])
    const confirmed = confirmFactor(one, unused.id, noon)
    expect(staleFactors(confirmed, noon + 364 * day).map(({ id }) => id)).to.not.include(unused.id)
    const never = fine({ factors: [old(totp()), { ...factor('passkey'), createdAt: noon - 364 * day }] })
    expect(reasons(never)).to.deep.equal([])
  })

  it('is due once, 28 days after something was set up', () => {
    const factors = [old(totp()), { ...factor('passkey'), createdAt: noon }]
    const one = fine({ factors })
    expect(reasons(one, noon + 28 * day - 1)).to.deep.equal([])
    expect(reasons(one, noon + 28 * day)).to.deep.equal(['routine'])
    const answered = checkedUp(one, noon + 30 * day)
    expect(reasons(answered, noon + 90 * day)).to.deep.equal([])
  })

  it('names everything that is due, what is most urgent first', () => {
    const factors = [totp({ createdAt: noon - 28 * day })]
    expect(reasons(fine({ factors, backupCodes: codes(1) }))).to.deep.equal([
      'codes_low',
      'one_method',
      'routine',
    ])
  })

  it('comes again 28 days after any answer, and not a moment before', () => {
    const one = checkedUp(fine({ factors: [old(totp())], backupCodes: codes(0) }), noon)
    expect(reasons(one, noon + checkUpInterval - 1)).to.deep.equal([])
    expect(reasons(one, noon + checkUpInterval)).to.deep.equal(['codes_low', 'one_method'])
  })
})
