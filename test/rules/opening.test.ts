import { expect } from 'chai'
import { claimed, mayOpen, takenBack } from '../../rules/opening.ts'
import type { CaseStatus } from '../../rules/recovery-case.ts'
import { day, hour, noon, recoveryCase, times } from './examples.ts'

describe('Opening a case', () => {
  const past = (status: CaseStatus, at: number) =>
    recoveryCase({ status, openedAt: at, history: [{ at, status }] })
  const cancelled = (count: number) => times(count, (i) => past('cancelled', noon - i * hour))

  it('is free for who has opened none', () => {
    for (const mailbox of [true, false]) expect(mayOpen([], mailbox, noon)).to.deep.equal({ ok: true })
  })

  it('has a budget of requests that were taken back, larger for who has the mailbox too', () => {
    for (const [mailbox, most] of [
      [false, takenBack.knowing],
      [true, takenBack.having],
    ] as const) {
      expect(mayOpen(cancelled(most - 1), mailbox, noon).ok).to.equal(true)
      expect(mayOpen(cancelled(most), mailbox, noon)).to.deep.equal({
        ok: false,
        reason: 'too_often',
        from: noon - (most - 1) * hour + day,
      })
      expect(mayOpen(cancelled(most), mailbox, noon + day).ok).to.equal(true)
    }
  })

  it('waits after a refusal, but not for who has the mailbox too', () => {
    const denied = [past('denied', noon)]
    expect(mayOpen(denied, false, noon)).to.deep.equal({ ok: false, reason: 'too_soon', from: noon + hour })
    expect(mayOpen(denied, true, noon)).to.deep.equal({ ok: true })
  })
})

describe('A case that another sign-in claims', () => {
  const origin = { address: '203.0.113.9', browser: 'Firefox', system: 'Linux' }
  const one = recoveryCase({ attempt: 'first' })

  it('asks everyone for the link afterwards, and says so in the log', () => {
    const next = claimed(one, 'second', origin)
    expect(next.terms.afterReset).to.equal('password_and_mail')
    expect(next.effects.map((effect) => effect.kind)).to.deep.equal(['audit'])
    expect(next.attempt).to.equal('first')
  })

  it('stays as it is for the sign-in that opened it, and once it has ended', () => {
    expect(claimed(one, 'first', origin)).to.equal(one)
    const ended = recoveryCase({ attempt: 'first', status: 'cancelled' })
    expect(claimed(ended, 'second', origin)).to.equal(ended)
  })
})
