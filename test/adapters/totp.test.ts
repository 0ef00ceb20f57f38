import { expect } from 'chai'
import fc from 'fast-check'
import {
  newTotpSecret,
  readCode,
  totpCode,
  totpPeriod,
  totpStep,
  totpUri,
} from '../../adapters/secrets/totp.ts'

/** '12345678901234567890' of RFC 6238, appendix B, in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

/** Seconds and codes of the appendix for SHA-1: its eight digits, of which authenticators show the last six. */
const vectors: [seconds: number, code: string][] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
]
const moment = fc.integer({ min: 10 * totpPeriod, max: 4e12 })

describe('A TOTP code', () => {
  for (const [seconds, code] of vectors) {
    it(`is ${code.slice(2)} at second ${seconds} of RFC 6238`, () => {
      expect(totpCode(secret, seconds * 1000)).to.equal(code.slice(2))
      expect(totpStep(secret, code.slice(2), seconds * 1000)).to.equal(Math.floor(seconds / 30))
    })
  }

  it('belongs to the step in which it is shown, from its first millisecond to its last', () => {
    fc.assert(
      fc.property(moment, (now) => {
        expect(totpStep(secret, totpCode(secret, now), now)).to.equal(Math.floor(now / totpPeriod))
      }),
    )
  })

  it('is taken one step before and after, and not two', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: -4, max: 4 }), (now, steps) => {
        const code = totpCode(secret, now + steps * totpPeriod)
        const near = [-1, 0, 1].map((by) => totpCode(secret, now + by * totpPeriod))
        // By chance the code of a far step is that of a near one, once in some hundred thousand.
        fc.pre(Math.abs(steps) <= 1 || !near.includes(code))
        const step = Math.floor(now / totpPeriod) + steps
        expect(totpStep(secret, code, now)).to.equal(Math.abs(steps) <= 1 ? step : undefined)
      }),
    )
  })

  it('of another secret belongs to no step', () => {
    const now = 1111111109_000
    expect(totpStep('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', '081804', now)).to.equal(undefined)
  })

  it('is six digits and nothing else', () => {
    const now = 59_000
    for (const typed of [
      '',
      '287',
      '2870820',
      '287 082',
      '28708x',
      '-87082',
      '２８７０８２',
      '287082\n',
      '0x4616a',
      '94287082',
    ])
      expect(totpStep(secret, typed, now), typed).to.equal(undefined)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        if (!/^\d{6}$/.test(typed)) expect(totpStep(secret, typed, now)).to.equal(undefined)
      }),
    )
  })

  it('is read from what people type or paste', () => {
    for (const typed of [
      '287082',
      ' 287 082 ',
      '287-082',
      '２８７０８２',
      '28 70 82\n',
      '287‑082',
      '287–082',
      '２８７ー０８２',
      '\u2068287082\u2069',
    ])
      expect(readCode(typed)).to.equal('287082')
  })
})

describe('A TOTP secret', () => {
  it('has 160 random bits in base32', () => {
    expect(newTotpSecret())
      .to.match(/^[A-Z2-7]{32}$/)
      .and.to.not.equal(newTotpSecret())
  })

  it('is told to an authenticator with the issuer and the account', () => {
    const uri = new URL(totpUri('Rekey & Co', 'ada@example.com', secret))
    expect([uri.protocol, uri.host]).to.deep.equal(['otpauth:', 'totp'])
    expect(decodeURIComponent(uri.pathname)).to.equal('/Rekey & Co:ada@example.com')
    expect(Object.fromEntries(uri.searchParams)).to.include({ secret, issuer: 'Rekey & Co' })
    for (const [name, usual] of Object.entries({ algorithm: 'SHA1', digits: '6', period: '30' }))
      expect(uri.searchParams.get(name) ?? usual).to.equal(usual)
  })
})
