import { expect } from 'chai'
import fc from 'fast-check'
import type { Protection } from '../../rules/account.ts'
import type { PhoneFactor } from '../../rules/factor.ts'
import {
  acceptPhoneCode,
  type CodeBinding,
  hashPhoneCode,
  isServed,
  maskNumber,
  type PhoneCode,
  phoneFactors,
  sendBudgets,
} from '../../rules/phone.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { account, mac, minute, noon, times, totp } from './examples.ts'

const number = '+819012345678'
const bound: CodeBinding = { attempt: 'a1', account: 'ada', purpose: 'prove', factor: 'f1', number }
const code: PhoneCode = {
  purpose: 'prove',
  factor: 'f1',
  number,
  channel: 'sms',
  takesTexts: true,
  message: 'm1',
  hash: hashPhoneCode(bound, '123456', mac),
  expiresAt: noon + 10 * minute,
}
const phone: PhoneFactor = { id: 'f1', kind: 'sms', name: '', number, createdAt: noon - minute }
const ada = account({ factors: [totp(), phone] })
const right = code.hash
const wrong = hashPhoneCode(bound, '123457', mac)

describe('A code for a phone', () => {
  it('matches nothing but what it is bound to', () => {
    const hashes = [
      bound,
      { ...bound, attempt: 'a2' },
      { ...bound, account: 'bob' },
      { ...bound, purpose: 'enrol' as const },
      { ...bound, factor: 'f2' },
      { ...bound, number: '+819012345679' },
    ].map((one) => hashPhoneCode(one, '123456', mac))
    expect(new Set(hashes).size).to.equal(hashes.length)
  })

  it('is accepted, settles the failures before it, and says when the number was used', () => {
    const failed = {
      ...ada,
      throttles: { phone: { failures: 3, lastAt: noon }, otp: { failures: 1, lastAt: noon } },
    }
    const [next, outcome] = acceptPhoneCode(failed, code, right, noon)
    expect(outcome).to.deep.equal({ ok: true })
    expect(next.throttles).to.have.all.keys('otp')
    expect(next.factors).to.deep.equal([totp(), { ...phone, lastUsedAt: noon }])
  })

  it('is refused from the minute on in which it expires, and where none was sent', () => {
    for (const [sent, now] of [
      [code, code.expiresAt],
      [undefined, noon],
    ] as const) {
      const [next, outcome] = acceptPhoneCode(ada, sent, right, now)
      expect(outcome).to.deep.equal({ ok: false, reason: 'expired' })
      expect(next).to.equal(ada)
    }
  })

  it('proves nothing when its number is gone, is another one by now, or was disabled', () => {
    for (const factors of [
      [totp()],
      [{ ...phone, number: '+819099999999' }],
      [{ ...phone, disabledAt: noon }],
    ]) {
      const [, outcome] = acceptPhoneCode({ ...ada, factors }, code, right, noon)
      expect(outcome).to.deep.equal({ ok: false, reason: 'expired' })
    }
  })

  it('can be guessed a hundred times in a row, however the guesses are spread, and then no number works', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4 * 3_600_000), { minLength: 110, maxLength: 150 }), (waits) => {
        let current: Protection = ada
        let now = noon
        let counted = 0
        for (const wait of waits) {
          now += wait
          const [next, outcome] = acceptPhoneCode(current, { ...code, expiresAt: now + 1 }, wrong, now)
          if (!outcome.ok && outcome.reason === 'wrong') counted += 1
          current = next
        }
        expect(counted).to.be.at.most(throttleLimits.disableAfter)
        if (counted === throttleLimits.disableAfter) expect(phoneFactors(current)).to.deep.equal([])
        expect(current.factors[0]).to.deep.equal(totp())
      }),
      { numRuns: 20 },
    )
  })

  it('for setting up counts apart, and disables nothing', () => {
    const enrols = { ...code, purpose: 'enrol' as const, factor: 'f9' }
    const tired = { ...ada, throttles: { enrol_phone: { failures: 99, lastAt: noon - 3_600_000 } } }
    const [failed] = acceptPhoneCode(tired, enrols, wrong, noon)
    expect(failed.throttles.enrol_phone!.failures).to.equal(100)
    expect(phoneFactors(failed)).to.deep.equal([phone])
    const late = { ...enrols, expiresAt: noon + 3_600_001 }
    const [done, outcome] = acceptPhoneCode(failed, late, right, noon + 3_600_000 - 1)
    expect(outcome).to.deep.equal({ ok: false, reason: 'throttled' })
    const [settled, accepted] = acceptPhoneCode(done, late, right, noon + 3_600_000)
    expect(accepted).to.deep.equal({ ok: true })
    expect(settled.throttles).to.deep.equal({})
  })
})

describe('A number', () => {
  it('shows its last two digits', () => {
    expect(maskNumber(number)).to.equal('••• 78')
  })

  it('is served where its country or its prefix is listed, and nowhere else', () => {
    const jp = { number, country: 'JP', callingCode: '81', takesTexts: true }
    const jamaica = { number: '+18765551234', country: 'JM', callingCode: '1', takesTexts: true }
    const nowhere = { number: '+883510000000', callingCode: '883', takesTexts: true }
    expect([jp, jamaica, nowhere].map((one) => isServed(one, ['JP', 'US']))).to.deep.equal([
      true,
      false,
      false,
    ])
    expect(isServed(jp, ['+8190'])).to.equal(true)
    expect(isServed(jp, ['+8180', 'US'])).to.equal(false)
    expect(isServed(jp, [])).to.equal(false)
  })

  it('spends budgets of the person, itself, its country and everyone, and is not in their names', () => {
    const limits = { perHour: 100, perCountryPerHour: 10 }
    const budgets = (
      who: string,
      one: string,
      callingCode: string,
      purpose: 'prove' | 'enrol' = 'prove',
      by: 'known' | 'stranger' = 'stranger',
    ) => sendBudgets(who, by, purpose, { number: one, callingCode, takesTexts: true }, limits, mac)
    const [mine, theirs, abroad] = [
      budgets('ada', number, '81'),
      budgets('bob', number, '81'),
      budgets('ada', '+12025550147', '1'),
    ]
    expect(mine.map(({ budget }) => budget.capacity)).to.deep.equal([6, 6, 10, 100])
    const shared = (a: typeof mine, b: typeof mine) => times(4, (i) => a[i]!.id === b[i]!.id)
    expect(shared(mine, theirs)).to.deep.equal([false, true, true, true])
    expect(shared(mine, abroad)).to.deep.equal([true, false, false, true])
    expect(shared(mine, budgets('bob', number, '81', 'enrol'))).to.deep.equal([false, false, true, true])
    const known = budgets('ada', number, '81', 'prove', 'known')
    expect(shared(mine, known)).to.deep.equal([false, false, true, true])
    expect(JSON.stringify(mine)).to.not.include('9012345678')
  })
})
