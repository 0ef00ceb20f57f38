import { expect } from 'chai'
import fc from 'fast-check'
import {
  acrMultiFactor,
  acrPassword,
  acrRecovered,
  amrTrustedDevice,
  askedAcr,
  assuranceOf,
  isFirstFactor,
  isKnownAcr,
  levels,
  meets,
  proofsOf,
  rank,
} from '../../rules/assurance.ts'
import type { Method, Proof } from '../../rules/proof.ts'
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

describe('The assurance of other factors', () => {
  const pwd: Proof = { method: 'pwd', at: noon }
  const passkey = (fields: Partial<NonNullable<Proof['passkey']>> = {}): Proof => ({
    method: 'passkey',
    at: noon,
    passkey: { verified: true, synced: true, ...fields },
  })
  const told = (...given: Proof[]) => {
    const { acr, amr } = assuranceOf(given, false)
    return [acr, amr]
  }

  it('is multi-factor with a code by text or call, or a prompt', () => {
    const amrOf = (method: Method) => told(pwd, { method, at: noon })
    expect(amrOf('sms')).to.deep.equal([acrMultiFactor, ['mfa', 'pwd', 'sms']])
    expect(amrOf('tel')).to.deep.equal([acrMultiFactor, ['mfa', 'pwd', 'tel']])
    expect(amrOf('push')).to.deep.equal([acrMultiFactor, ['mfa', 'pwd', 'swk']])
  })

  it('is phishing-resistant with a passkey, and hardware-protected where an attestation proved it', () => {
    expect(told(pwd, passkey({ verified: false }))).to.deep.equal(['phr', ['mfa', 'pwd', 'swk', 'user']])
    expect(told(passkey())).to.deep.equal(['phr', ['mfa', 'swk', 'user']])
    expect(told(passkey({ synced: false }))).to.deep.equal(['phr', ['mfa', 'hwk', 'user']])
    expect(told(passkey({ synced: false, hardware: true }))).to.deep.equal(['phrh', ['mfa', 'hwk', 'user']])
  })

  it('is the password alone on a trusted device, which is named as what it is', () => {
    const trusted: Proof = { method: 'trusted_browser', at: noon }
    expect(told(pwd, trusted)).to.deep.equal([acrPassword, ['pwd', amrTrustedDevice]])
    expect(told(pwd, trusted, { method: 'otp', at: noon })).to.deep.equal([
      acrMultiFactor,
      ['mfa', 'otp', 'pwd'],
    ])
  })

  it('says who it is only with the password or a passkey that has made sure itself', () => {
    expect([pwd, passkey(), passkey({ verified: false })].map(isFirstFactor)).to.deep.equal([
      true,
      true,
      false,
    ])
  })

  it('survives the way into a session and back', () => {
    const second = fc.constantFrom<Proof>(
      ...(['otp', 'sms', 'tel', 'push'] as const).map((method) => ({ method, at: noon })),
      passkey({ verified: false }),
      passkey({ verified: false, synced: false }),
      passkey({ verified: false, synced: false, hardware: true }),
    )
    const some: fc.Arbitrary<Proof[]> = fc.oneof(
      second.map((one) => [pwd, one]),
      fc.constant<Proof[]>([pwd]),
      fc.constant<Proof[]>([passkey()]),
      fc.constant<Proof[]>([passkey({ synced: false, hardware: true })]),
    )
    fc.assert(
      fc.property(some, (given) => {
        const assurance = assuranceOf(given, false)
        expect(proofsOf(assurance, noon)).to.have.deep.members(given)
        expect(assuranceOf(proofsOf(assurance, noon), false)).to.deep.equal(assurance)
      }),
    )
  })

  it('never comes back out of a session as more than it was', () => {
    for (const acr of levels)
      for (const amr of [
        [],
        ['pwd'],
        ['swk'],
        ['pwd', amrTrustedDevice],
        ['mfa', 'otp', 'pwd'],
        ['hwk', 'user'],
      ]) {
        const proofs = proofsOf({ acr, amr }, noon)
        if (proofs.length > 0 && rank(acr) < rank('phr'))
          expect(rank(assuranceOf(proofs, false).acr)).to.be.at.most(rank(acrMultiFactor))
      }
  })
})
