import { expect } from 'chai'
import type { Protection } from '../../rules/account.ts'
import { expiredPassword } from '../../rules/distrust.ts'
import { account, day, noon, times } from './examples.ts'

describe('A password that someone disavowed', () => {
  it('expires, and everything that began before is void', () => {
    const expired = expiredPassword(account(), 'old', 'a', noon)
    expect(expired).to.include({ expiredVersion: 'old', validAfter: noon })
  })

  it('expires once for a cause, also when another came in between', () => {
    const twice = expiredPassword(expiredPassword(account(), 'old', 'a', noon)!, 'old', 'b', noon + day)!
    const { expiredVersion: _, ...renewed } = twice
    for (const cause of ['a', 'b'])
      expect(expiredPassword(renewed, 'new', cause, noon + 2 * day)).to.equal(undefined)
    expect(expiredPassword(renewed, 'new', 'c', noon + 2 * day)).to.include({ expiredVersion: 'new' })
  })

  it('remembers a bounded number of causes, the last ones', () => {
    const often = times(50, String).reduce<Protection>(
      (one, cause) => expiredPassword(one, 'old', cause, noon) ?? one,
      account(),
    )
    expect(often.expiries).to.have.length(20)
    expect(often.expiries![0]).to.equal('49')
  })
})
