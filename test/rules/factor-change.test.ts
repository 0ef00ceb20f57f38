import { expect } from 'chai'
import fc from 'fast-check'
import { makePrimary, readFactorName, renameFactor } from '../../rules/factor-change.ts'
import { primaryOf, waysOf } from '../../rules/ways.ts'
import { account, factor, noon, totp } from './examples.ts'

describe('The name of a factor', () => {
  it('is what was typed, without space around it', () => {
    expect(readFactorName('  Büro 鍵 👩‍👩‍👧 <b> ')).to.equal('Büro 鍵 👩‍👩‍👧 <b>')
    expect(readFactorName('   ')).to.equal('')
  })

  it('has up to sixty characters, however many bytes each is', () => {
    expect(readFactorName('🔑'.repeat(60))).to.equal('🔑'.repeat(60))
    expect(readFactorName('x'.repeat(61))).to.equal(undefined)
  })

  it('never breaks a line and never turns the text around it', () => {
    for (const bad of [
      '\n',
      '\r',
      '\t',
      '\0',
      '\x1b',
      '\x85',
      '\u2028',
      '\u2029',
      '\u202e',
      '\u2067',
      '\u200f',
    ])
      expect(readFactorName(`a${bad}b`), JSON.stringify(bad)).to.equal(undefined)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        const name = readFactorName(typed)
        expect(name === undefined || !/\p{Cc}/u.test(name)).to.equal(true)
      }),
    )
  })

  it('changes that factor alone', () => {
    const before = account({ factors: [totp(), factor('passkey')] })
    const after = renameFactor(before, 'phone', 'Desk')!
    expect(after.factors).to.deep.equal([totp({ name: 'Desk' }), factor('passkey')])
    expect(renameFactor(before, 'someone else’s', 'Desk')).to.equal(undefined)
  })
})

describe('The primary factor', () => {
  const two = account({ factors: [totp(), factor('passkey')] })

  it('is what sign-ins start with, and the one that suits best where none was chosen', () => {
    expect(primaryOf(two)!.kind).to.equal('passkey')
    const chosen = makePrimary(two, 'phone')!
    expect(primaryOf(chosen)!.id).to.equal('phone')
    expect(waysOf(chosen, { phishingResistant: false })[0]).to.equal('totp')
  })

  it('is never one that is gone or disabled', () => {
    expect(makePrimary(two, 'someone else’s')).to.equal(undefined)
    const disabled = account({ factors: [totp({ disabledAt: noon }), factor('passkey')], primary: 'phone' })
    expect(makePrimary(disabled, 'phone')).to.equal(undefined)
    expect(primaryOf(disabled)!.kind).to.equal('passkey')
    expect(primaryOf(account())).to.equal(undefined)
  })
})
