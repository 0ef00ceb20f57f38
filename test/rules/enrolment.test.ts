import { expect } from 'chai'
import type { Protection } from '../../rules/account.ts'
import { addFactor, allowedKinds, bindFactor, removeFactor } from '../../rules/enrolment.ts'
import type { FactorKind } from '../../rules/factor.ts'
import { enrolKinds } from '../../rules/kinds.ts'
import { account, factor, hour, noon } from './examples.ts'

const kindsOf = (one: Protection | undefined) => one?.factors.map(({ kind }) => kind)

describe('The kinds of factors that can be set up', () => {
  it('are what the installation offers and every organization of the person allows', () => {
    const policies = [
      { methods: ['totp', 'passkey'] as FactorKind[] },
      {},
      { methods: ['passkey'] as FactorKind[] },
    ]
    expect(allowedKinds(enrolKinds, policies)).to.deep.equal(['passkey'])
    expect(allowedKinds(['totp', 'sms'], [])).to.deep.equal(['totp', 'sms'])
  })

  it('are never none: organizations that allow nothing in common leave the authenticator app', () => {
    expect(allowedKinds(enrolKinds, [{ methods: ['sms'] }, { methods: ['passkey'] }])).to.deep.equal(['totp'])
  })
})

describe('Binding a factor', () => {
  const both = account({ factors: [factor('totp')] })

  it('beside others keeps them', () => {
    expect(kindsOf(bindFactor(both, factor('passkey'), 'add', noon, noon))).to.deep.equal(['totp', 'passkey'])
  })

  it('in place of others takes them and the choice of a primary one away', () => {
    const next = bindFactor({ ...both, primary: 'totp-factor' }, factor('passkey'), 'replace', noon, noon)
    expect(kindsOf(next)).to.deep.equal(['passkey'])
    expect(next).to.not.have.property('primary')
  })

  it('as the first one fails when another browser was first', () => {
    expect(bindFactor(both, factor('passkey'), 'first', noon, noon)).to.equal(undefined)
  })

  it('twice does nothing', () => {
    expect(bindFactor(both, factor('totp'), 'add', noon, noon)).to.equal(undefined)
  })

  it('settles the failures of its own kind only', () => {
    const throttles = { otp: { failures: 9, lastAt: noon }, phone: { failures: 9, lastAt: noon } }
    expect(addFactor({ ...both, throttles }, factor('sms'), noon).throttles).to.have.keys(['otp'])
    expect(addFactor({ ...both, throttles }, factor('totp'), noon).throttles).to.have.keys(['phone'])
  })
})

describe('Removing a factor', () => {
  const two = account({ factors: [factor('totp'), factor('sms')], primary: 'sms-factor' })

  it('takes it away, and the choice of it as primary with it', () => {
    const next = removeFactor(two, 'sms-factor', true, noon + hour)
    expect(kindsOf(next)).to.deep.equal(['totp'])
    expect(next).to.not.have.property('primary')
    expect(next?.factorsChangedAt).to.equal(noon + hour)
    expect(removeFactor(two, 'totp-factor', true, noon)?.primary).to.equal('sms-factor')
  })

  it('fails for the last one of someone who must have one, and for one that is not there', () => {
    const one = account({ factors: [factor('totp')] })
    expect(removeFactor(one, 'totp-factor', true, noon)).to.equal(undefined)
    expect(kindsOf(removeFactor(one, 'totp-factor', false, noon))).to.deep.equal([])
    expect(removeFactor(two, 'unheard-of', false, noon)).to.equal(undefined)
  })

  it('fails for the last one that works, where others were disabled by guessing', () => {
    const off = { ...factor('sms'), disabledAt: noon }
    const one = account({ factors: [factor('totp'), off] })
    expect(removeFactor(one, 'totp-factor', true, noon)).to.equal(undefined)
    expect(kindsOf(removeFactor(one, 'sms-factor', true, noon))).to.deep.equal(['totp'])
    expect(kindsOf(removeFactor(one, 'totp-factor', false, noon))).to.deep.equal(['sms'])
    const none = account({ factors: [{ ...factor('totp'), disabledAt: noon }, off] })
    expect(kindsOf(removeFactor(none, 'totp-factor', true, noon))).to.deep.equal(['sms'])
  })
})
