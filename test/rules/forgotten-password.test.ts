import { expect } from 'chai'
import type { EffectOf } from '../../rules/effect.ts'
import { missingForPassword, withPasswordReset } from '../../rules/forgotten-password.ts'
import type { Proof } from '../../rules/proof.ts'
import { account, noon, totp } from './examples.ts'

const proof = (method: Proof['method']): Proof => ({ method, at: noon })
const mailbox = proof('mail_code')
const chosen = {
  seen: { passwordVersion: 'old', expiredVersion: 'old' },
  sealed: 'sealed',
  attempt: 'attempt',
  since: noon,
  at: noon + 60_000,
  origin: { address: '192.0.2.1', browser: 'Firefox', system: 'Linux' },
}

describe('A forgotten password', () => {
  it('takes the mailbox first, whatever else is given', () => {
    for (const proofs of [[], [proof('otp')], [proof('pwd'), proof('otp')]])
      expect(missingForPassword(account({ factors: [totp()] }), proofs)).to.equal('mailbox')
  })

  it('takes the second factor of whoever has one, also of one that guessing has disabled', () => {
    for (const factor of [totp(), totp({ disabledAt: noon })])
      expect(missingForPassword(account({ factors: [factor] }), [mailbox])).to.equal('second_factor')
    for (const method of ['otp', 'passkey', 'sms', 'tel', 'push', 'backup_code'] as const)
      expect(missingForPassword(account({ factors: [totp()] }), [mailbox, proof(method)])).to.equal(undefined)
  })

  it('takes no pass, link, reset or trusted device in place of it', () => {
    for (const method of ['pass', 'completion_link', 'recovery', 'trusted_browser', 'pwd'] as const)
      expect(missingForPassword(account({ factors: [totp()] }), [mailbox, proof(method)])).to.equal(
        'second_factor',
      )
  })

  it('takes the mailbox alone of whoever never had a second factor', () => {
    expect(missingForPassword(account(), [mailbox])).to.equal(undefined)
  })

  it('can not be replaced right after a reset, nor where the account may not sign in', () => {
    const recovered = { case: 'c', route: 'admin' as const, at: noon }
    expect(missingForPassword(account({ recovered }), [mailbox])).to.equal('impossible')
    expect(missingForPassword(account({ status: 'deactivated' }), [mailbox])).to.equal('impossible')
  })

  it('is replaced with what ends for everyone else promised for the moment it is set, and its own proofs stand', () => {
    const changed = withPasswordReset(account({ expiredVersion: 'old' }), 'id', chosen)!
    expect(changed).to.include({ effectsDue: 'yes' })
    const [sets] = changed.effects as EffectOf<'set_password'>[]
    expect(sets).to.include({ kind: 'set_password', seen: 'old', expired: 'old', voids: noon })
    expect(sets!.told.map(({ kind }) => kind)).to.deep.equal([
      'audit',
      'end_attempts',
      'end_sessions',
      'notice',
      'signal',
    ])
    for (const effect of sets!.told.slice(1, 3)) expect(effect).to.include({ keep: 'attempt' })
  })

  it('is not replaced when a "this wasn’t me" came first', () => {
    expect(withPasswordReset(account({ expiredVersion: 'other' }), 'id', chosen)).to.equal(undefined)
    expect(
      withPasswordReset(account({ expiredVersion: 'old', validAfter: noon + 1 }), 'id', chosen),
    ).to.equal(undefined)
  })
})
