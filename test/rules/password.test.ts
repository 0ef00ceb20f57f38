import { expect } from 'chai'
import fc from 'fast-check'
import { longestPassword, passwordFault, shortestPassword } from '../../rules/password.ts'

const about = { email: 'ada.lovelace@example.com', name: 'Ada Lovelace', brand: 'Rekey' }
const fault = (password: string) => passwordFault(password, about)

describe('A new password', () => {
  it('may be any sentence that is long enough, in any script', () => {
    for (const password of [
      'a whole new sentence',
      'quiet-harbour-42',
      '静かな港に雪がふる夜明けまで待つ',
      'žluťoučký kůň úpěl',
    ])
      expect(fault(password), password).to.equal(undefined)
  })

  it('needs no digit, no capital and no sign', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ]{15,40}$/), (password) => {
        expect(fault(password)).to.be.oneOf([undefined, 'common'])
      }),
    )
  })

  it('is fifteen letters long at least where it stands alone, eight beside a second factor', () => {
    expect(shortestPassword).to.deep.equal({ alone: 15, beside: 8 })
    expect(fault('kvq7 zt2mbcxyw')).to.equal('too_short')
    expect(fault('kvq7 zt2mbcxywg')).to.equal(undefined)
    expect(passwordFault('kvq7 zt', about, shortestPassword.beside)).to.equal('too_short')
    expect(passwordFault('kvq7 zt2', about, shortestPassword.beside)).to.equal(undefined)
    expect(fault('🦊🦉🐌🦔🦀🐝🦊🦉🐌')).to.equal('too_short')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3 }), (password) => {
        expect(fault(password)).to.equal(
          [...password.normalize('NFKC')].length < 15 ? 'too_short' : fault(password),
        )
      }),
    )
  })

  it('is counted as it will be hashed: composed letters count once', () => {
    expect(fault('e\u0301'.repeat(14))).to.equal('too_short')
  })

  it('is short enough to be hashed in good time', () => {
    const letters = 'kvq7 zt2mbcxywg'
    expect(fault(letters.padEnd(longestPassword, 'some more of it '))).to.equal(undefined)
    expect(fault(letters.padEnd(longestPassword + 1, 'some more of it '))).to.equal('too_long')
  })

  it('is not one that anyone would try first', () => {
    const guessed = [
      'password1234',
      'Password123456',
      'welcome12345',
      'iloveyou2026',
      'letmeinletmein',
      'qwertyuiopasdfgh',
      '1qaz2wsx3edc4rfv',
      'abcdefghijklmnop',
      '012345678901',
      'aaaaaaaaaaaaaaaa',
      'abcabcabcabcabc',
      'ＰＡＳＳＷＯＲＤ１２３４',
    ]
    for (const password of guessed)
      expect(passwordFault(password, about, shortestPassword.beside), password).to.equal('common')
  })

  it("is not made of the person's own name, address, or of ours", () => {
    const guessed = [
      'adalovelace12',
      'ada.lovelace@example.com',
      'Lovelace-Ada1',
      'rekeyrekeyrekey',
      'RekeyRekey123',
    ]
    for (const password of guessed)
      expect(passwordFault(password, about, shortestPassword.beside), password).to.equal('common')
  })

  it('may contain such a word beside something else', () => {
    expect(fault('lovelace met a rhino in may')).to.equal(undefined)
  })

  it('is judged whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (password) => {
        expect(fault(password)).to.be.oneOf([undefined, 'too_short', 'too_long', 'common'])
      }),
    )
  })

  it('is not common because someone has a short name, or none', () => {
    expect(passwordFault('a whole new sentence', { email: '', name: '', brand: '' })).to.equal(undefined)
    expect(passwordFault('one anaconda on a', { ...about, name: 'N. O. Ae' })).to.equal(undefined)
    expect(passwordFault('one anaconda on a', { ...about, name: 'A E O N' })).to.equal(undefined)
  })
})
