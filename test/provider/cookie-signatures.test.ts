import { expect } from 'chai'
import { cookieSignatures } from '../../provider/cookie-signatures.ts'

describe('cookie signatures', () => {
  const older = cookieSignatures(['old'])
  const rotated = cookieSignatures(['new', 'old'])
  const signature = older.sign('session=abc')

  it('hold for the same cookie and value', () => {
    expect(older.verify('session=abc', signature)).to.equal(true)
    expect(older.index('session=abc', signature)).to.equal(0)
  })

  it('fail for another value, another cookie and another key', () => {
    expect(older.verify('session=abd', signature)).to.equal(false)
    expect(older.verify('resume=abc', signature)).to.equal(false)
    expect(cookieSignatures(['other']).verify('session=abc', signature)).to.equal(false)
  })

  it('tell which key made them, so that those of an older one are made anew', () => {
    expect(rotated.index('session=abc', signature)).to.equal(1)
    expect(rotated.index('session=abc', rotated.sign('session=abc'))).to.equal(0)
  })

  it('are refused when they are cut, longer, empty or no base64url', () => {
    for (const wrong of [signature.slice(0, -2), `${signature}AAAA`, '', '%%%', '\u{1f511}'])
      expect(older.verify('session=abc', wrong), wrong).to.equal(false)
  })
})
