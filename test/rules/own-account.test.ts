import { expect } from 'chai'
import { acrMultiFactor, acrPassword, acrRecovered, meets } from '../../rules/assurance.ts'
import { neededFor } from '../../rules/own-account.ts'
import { account, factor, noon, totp } from './examples.ts'

describe('What it takes to look after one’s own account', () => {
  const recovered = { case: 'case', route: 'admin' as const, at: noon }

  it('is a second factor where there is one, even one that guessing has disabled', () => {
    for (const kind of ['totp', 'passkey', 'sms', 'push'] as const)
      expect(neededFor(account({ factors: [factor(kind)] }))).to.equal(acrMultiFactor)
    expect(neededFor(account({ factors: [totp({ disabledAt: noon })] }))).to.equal(acrMultiFactor)
    expect(neededFor(account({ factors: [totp()], recovered }))).to.equal(acrMultiFactor)
  })

  it('is the password where there is nothing else, also after a reset', () => {
    expect(neededFor(account())).to.equal(acrPassword)
    expect(neededFor(account({ recovered }))).to.equal(acrRecovered)
  })

  it('is never met by a trusted device, whose sign-in claims no more than the password', () => {
    expect(meets(acrPassword, neededFor(account({ factors: [totp()] })))).to.equal(false)
  })
})
