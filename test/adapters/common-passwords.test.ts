import { expect } from 'chai'
import { isCommonPassword } from '../../adapters/secrets/common-passwords.ts'

describe('A common password', () => {
  const words = ['mina@hanami.example', 'Mina', 'Sato', 'Hanami']
  const common = [
    'q1w2e3r4t5y6',
    '1q2w3e4r5t6y',
    'passw0rd2024',
    'iloveyou12345678',
    'qwertyuiop[]asdf',
    'zaq12wsxcde3',
    'trustno1trustno1',
    'letmein!letmein!',
    'P@ssw0rd12345678',
    '1234567890123456',
    'asdfghjkl;asdfghjkl',
    'football12345678',
    'superman20202020',
    'Mina2024',
    '20260101',
    'sunshine',
  ]
  for (const password of common)
    it(`is refused: ${password}`, () => expect(isCommonPassword(password, words, false)).to.equal(true))

  const good = ['five quiet harbours more', 'plum-lantern-river-41', '静かな港に雪がふる夜明けまで待つ']
  for (const password of good)
    it(`is not ${password}`, () => expect(isCommonPassword(password, words, true)).to.equal(false))

  it('has to withstand more where it stands alone', () => {
    expect(isCommonPassword('kf83jd92', words, false)).to.equal(false)
    expect(isCommonPassword('kf83jd92', words, true)).to.equal(true)
  })
})
