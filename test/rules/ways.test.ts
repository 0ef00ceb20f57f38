import { expect } from 'chai'
import type { Factor, FactorKind } from '../../rules/factor.ts'
import { factorsFor, otherWays, waysOf } from '../../rules/ways.ts'
import { account, factor, noon } from './examples.ts'

const any = { phishingResistant: false }
const having = (...kinds: FactorKind[]) => account({ factors: kinds.map((kind) => factor(kind)) })
const codes = { number: 1, createdAt: noon, confirmedAt: noon, codes: [{ hash: 'h' }] }

describe('The ways to prove a second factor', () => {
  it('begin with what suits best', () => {
    expect(waysOf(having('voice', 'totp', 'passkey'), any)).to.deep.equal(['passkey', 'totp', 'voice'])
  })

  it('begin with the primary factor, and before it with the one last used on this device', () => {
    const ada = { ...having('passkey', 'totp', 'sms'), primary: 'totp-factor' }
    expect(waysOf(ada, any)[0]).to.equal('totp')
    expect(waysOf(ada, { ...any, lastUsed: 'sms' }).slice(0, 2)).to.deep.equal(['sms', 'totp'])
  })

  it('leave out what was last used on this device and is gone since', () => {
    expect(waysOf(having('totp'), { ...any, lastUsed: 'sms' })).to.deep.equal(['totp'])
  })

  it('offer a call to whoever can get a text, and the code of our authenticator', () => {
    expect(waysOf(having('sms'), any)).to.deep.equal(['sms', 'voice'])
    expect(waysOf(having('voice'), any)).to.deep.equal(['voice'])
    expect(waysOf(having('push'), any)).to.deep.equal(['push', 'totp'])
  })

  it('leave out what guessing has disabled, unless nothing else is left', () => {
    const disabled: Factor = { ...factor('totp'), disabledAt: noon }
    expect(waysOf(account({ factors: [disabled, factor('sms')] }), any)).to.deep.equal(['sms', 'voice'])
    expect(waysOf(account({ factors: [disabled] }), any)).to.deep.equal(['totp'])
  })

  it('are passkeys alone where the app wants what can not be phished, if the person has one', () => {
    const strict = { phishingResistant: true }
    expect(waysOf(having('totp', 'passkey', 'sms'), strict)).to.deep.equal(['passkey'])
    expect(waysOf(having('totp'), strict)).to.deep.equal(['totp'])
  })
})

describe('"Try another way"', () => {
  it('lists the other factors, then a pass and the backup codes, and the reset at the end', () => {
    const ada = { ...having('totp', 'sms'), backupCodes: codes }
    const factors = ['totp', 'sms', 'voice']
    expect(otherWays(ada, any, false)).to.deep.equal([...factors, 'backup_code', 'recovery'])
    expect(otherWays(ada, any, true)).to.deep.equal([...factors, 'pass', 'backup_code', 'recovery'])
  })

  it('offers no backup codes where none is left', () => {
    const used = { ...codes, codes: [{ hash: 'h', usedAt: noon }] }
    expect(otherWays({ ...having('totp'), backupCodes: used }, any, false)).to.deep.equal([
      'totp',
      'recovery',
    ])
  })
})

describe('The factors of a way', () => {
  it('are those it can be proven with, without the disabled ones', () => {
    const ada = account({ factors: [factor('push'), factor('totp'), factor('sms')] })
    const kinds = (way: FactorKind) => factorsFor(ada, way).map(({ kind }) => kind)
    expect([kinds('totp'), kinds('voice'), kinds('passkey')]).to.deep.equal([['push', 'totp'], ['sms'], []])
    const disabled = account({ factors: [{ ...factor('totp'), disabledAt: noon }] })
    expect(factorsFor(disabled, 'totp')).to.deep.equal([])
  })
})
