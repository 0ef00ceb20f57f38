import { expect } from 'chai'
import fc from 'fast-check'
import {
  acrMultiFactor,
  acrPassword,
  acrRecovered,
  askedAcr,
  assuranceOf,
  isKnownAcr,
  levels,
  meets,
  rank,
} from '../../rules/assurance.ts'
import type { Method, Proof } from '../../rules/attempt.ts'
import { hour, minute, moment, noon } from './examples.ts'

const known = fc.constantFrom(...levels)
const unknown = fc.string().filter((acr) => !isKnownAcr(acr))
const proofs = (...methods: Method[]): Proof[] =>
  methods.map((method, index) => ({ method, at: noon + index * minute }))

describe('Authentication context classes', () => {
  it('are ordered: recovered, password, multi-factor', () => {
    expect([acrRecovered, acrPassword, acrMultiFactor].map(rank)).to.deep.equal([0, 1, 2])
  })

  it('that are not ours have no place in the order', () => {
    fc.assert(
      fc.property(unknown, (acr) => {
        expect([rank(acr), isKnownAcr(acr)]).to.deep.equal([-1, false])
      }),
    )
    expect(rank(undefined)).to.equal(-1)
  })

  it('meet what is not above them', () => {
    fc.assert(
      fc.property(known, known, (done, asked) => {
        expect(meets(done, asked)).to.equal(levels.indexOf(done) >= levels.indexOf(asked))
      }),
    )
  })

  it('meet a request for nothing, even when nothing was done', () => {
    expect([meets(undefined, undefined), meets(acrRecovered, undefined)]).to.deep.equal([true, true])
  })

  it('that are unknown or missing never meet or are met, not even by themselves', () => {
    fc.assert(
      fc.property(unknown, known, (strange, ours) => {
        expect([meets(ours, strange), meets(strange, ours), meets(strange, strange)]).to.deep.equal([
          false,
          false,
          false,
        ])
      }),
    )
    for (const level of levels) expect(meets(undefined, level)).to.equal(false)
  })
})

describe('The class that is asked for', () => {
  it('is the weakest one that we know', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(known, unknown), { minLength: 1 }), (values) => {
        const weakest = levels.find((level) => values.includes(level))
        expect(askedAcr(values)).to.equal(weakest ?? values[0])
      }),
    )
  })

  it('is none in an empty list', () => {
    expect(askedAcr([])).to.equal(undefined)
  })

  it('leaves the list as it was', () => {
    const values = [acrMultiFactor, acrRecovered]
    askedAcr(values)
    expect(values).to.deep.equal([acrMultiFactor, acrRecovered])
  })
})

describe('What a sign-in may claim', () => {
  const claimed = (methods: Method[], recovered = false) => {
    const { acr, amr } = assuranceOf(proofs(...methods), recovered)
    return [acr, ...amr]
  }

  it('is the password, when only that was given', () => {
    expect(claimed(['pwd'])).to.deep.equal([acrPassword, 'pwd'])
  })

  it('is multi-factor with a code of an authenticator, and with a backup code', () => {
    expect(claimed(['pwd', 'otp'])).to.deep.equal([acrMultiFactor, 'mfa', 'otp', 'pwd'])
    expect(claimed(['pwd', 'backup_code'])).to.deep.equal([acrMultiFactor, 'mfa', 'otp', 'pwd'])
    expect(claimed(['pwd', 'otp', 'backup_code'])).to.deep.equal([acrMultiFactor, 'mfa', 'otp', 'pwd'])
  })

  it('is less than the password after a reset, until a factor is enrolled', () => {
    expect(claimed(['pwd'], true)).to.deep.equal([acrRecovered, 'pwd'])
    expect(claimed(['pwd', 'recovery'], true)).to.deep.equal([acrRecovered, 'pwd'])
    expect(claimed(['pwd', 'recovery', 'otp'])).to.deep.equal([acrMultiFactor, 'mfa', 'otp', 'pwd'])
  })

  it('is less than the password with a pass of the help desk, until a factor is enrolled', () => {
    expect(claimed(['pwd', 'pass'])).to.deep.equal([acrRecovered, 'pwd'])
    expect(claimed(['pwd', 'pass', 'otp'])).to.deep.equal([acrMultiFactor, 'mfa', 'otp', 'pwd'])
  })

  it('is not raised by a code from the mailbox', () => {
    expect(claimed(['pwd', 'mail_code'])).to.deep.equal([acrPassword, 'pwd'])
  })

  it('names mfa exactly when a second factor was given', () => {
    const method = fc.constantFrom<Method>('pwd', 'otp', 'backup_code', 'mail_code', 'recovery', 'pass')
    fc.assert(
      fc.property(fc.uniqueArray(method, { minLength: 1 }), fc.boolean(), (methods, recovered) => {
        const { acr, amr } = assuranceOf(proofs(...methods), recovered)
        const second = methods.includes('otp') || methods.includes('backup_code')
        expect([amr.includes('mfa'), acr === acrMultiFactor]).to.deep.equal([second, second])
        expect(amr).to.have.length(new Set(amr).size)
      }),
    )
  })
})

describe('The time of authentication', () => {
  const timeOf = (given: Proof[], recovered = false) => assuranceOf(given, recovered).authTime

  it('is that of the oldest proof, in whole seconds, so that max_age is never flattered', () => {
    const proof = fc.record({
      method: fc.constantFrom<Method>('pwd', 'otp', 'backup_code', 'mail_code'),
      at: moment,
    })
    fc.assert(
      fc.property(fc.array(proof, { minLength: 1 }), (given) => {
        expect(timeOf(given)).to.equal(Math.floor(Math.min(...given.map(({ at }) => at)) / 1000))
      }),
    )
  })

  it('of a sign-in that waited for a reset is that of the reset, as the password was proven before', () => {
    const given: Proof[] = [
      { method: 'pwd', at: noon },
      { method: 'recovery', at: noon + hour },
    ]
    expect(timeOf(given, true)).to.equal((noon + hour) / 1000)
    expect(timeOf([...given, { method: 'otp', at: noon + 2 * hour }])).to.equal((noon + hour) / 1000)
  })
})
