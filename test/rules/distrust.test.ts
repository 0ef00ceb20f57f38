import { expect } from 'chai'
import { expiredPassword } from '../../rules/distrust.ts'
import { account, day, noon, times } from './examples.ts'

describe('A password that someone disavowed', () => {
  it('expires, and everything that began before is void', () => {
    const expired = expiredPassword(account(), 'a', noon)
    expect(expired).to.include({ passwordExpired: 'disavowed', validAfter: noon })
  })

  it('expires once for a cause, also when another came in between', () => {
    const twice = expiredPassword(expiredPassword(account(), 'a', noon)!, 'b', noon + day)!
    const { passwordExpired: _, ...renewed } = twice
    for (const cause of ['a', 'b'])
      expect(expiredPassword(renewed, cause, noon + 2 * day)).to.equal(undefined)
    expect(expiredPassword(renewed, 'c', noon + 2 * day)).to.include({ passwordExpired: 'disavowed' })
  })

  it('remembers a bounded number of causes, the last ones', () => {
    const often = times(50, String).reduce(
      (one, cause) => expiredPassword(one, cause, noon) ?? one,
      account(),
    )
    expect(often.expiries).to.have.length(20)
    expect(often.expiries![0]).to.equal('49')
  })
})
