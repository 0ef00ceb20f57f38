import { expect } from 'chai'
import { changedRecently } from '../../recovery/facts.ts'
import type { Account } from '../../rules/account.ts'

const day = 86_400_000
const now = 1_700_000_000_000
const changed = (factorsChangedAt: number, lastReset?: Account['lastReset']) =>
  ({ factorsChangedAt, lastReset }) as Account

describe('Who has changed their own factors', () => {
  it('decides about nobody for a day', () => {
    expect([now, now - day + 1, now - day].map((at) => changedRecently(changed(at), now, {}))).to.deep.equal([
      true,
      true,
      false,
    ])
  })

  it('waits no longer where the clock was ahead at the time, and was put right', () => {
    expect(changedRecently(changed(now + 365 * day), now, {})).to.equal(false)
  })

  it('waits on the first day of an installation too where its clock was ahead', () => {
    const installedAt = now + 365 * day
    expect(changedRecently(changed(now), now, { installedAt: now })).to.equal(false)
    expect(changedRecently(changed(now), now, { installedAt })).to.equal(true)
  })
})
