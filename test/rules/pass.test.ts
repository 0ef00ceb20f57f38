import { expect } from 'chai'
import type { Protection } from '../../rules/account.ts'
import { replaceFactors } from '../../rules/enrolment.ts'
import { hashPass, issuePass, redeemPass } from '../../rules/pass.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { account, hour, mac, noon, times, totp } from './examples.ts'

const plain = '7ZQ4-0KXV-9T2M-BC5H'
const terms = { hash: hashPass('case', plain, mac), lifetime: hour }
const ada = issuePass(account({ factors: [totp()] }), 'case', terms, noon)
const redeem = (holder: Protection, typed: string, now = noon) => redeemPass(holder, typed, mac, now)

describe('A one-time pass', () => {
  it('signs in once', () => {
    const [next, outcome] = redeem(ada, plain)
    expect(outcome).to.deep.equal({ ok: true })
    expect(redeem(next, plain)[1]).to.deep.equal({ ok: false, reason: 'none' })
  })

  it('is read as tolerantly as a backup code', () => {
    expect(redeem(ada, ' 7zq4 okxv 9t2m bc5h')[1]).to.deep.equal({ ok: true })
  })

  it('is good for as long as was decided, and no longer', () => {
    expect(redeem(ada, plain, noon + hour - 1)[1].ok).to.equal(true)
    expect(redeem(ada, plain, noon + hour)[1]).to.deep.equal({ ok: false, reason: 'none' })
  })

  it('takes nothing away: the factors stay until a new one is bound in their place', () => {
    expect(ada.factors).to.deep.equal([totp()])
    const next = replaceFactors(redeem(ada, plain)[0], totp({ id: 'new' }), noon)
    expect(next.factors.map(({ id }) => id)).to.deep.equal(['new'])
  })

  it('is issued once a case, even after it was used', () => {
    const [used] = redeem(ada, plain)
    expect(issuePass(used, 'case', terms, noon + 1)).to.equal(used)
  })

  it('is not issued to an account whose owner stopped it', () => {
    const stopped = account({ stoppedReset: 'case' })
    expect(issuePass(stopped, 'case', terms, noon)).to.equal(stopped)
  })

  it('of another case does not fit', () => {
    const other = issuePass(account(), 'another', { ...terms, hash: hashPass('another', plain, mac) }, noon)
    expect(other.pass?.hash).to.not.equal(ada.pass?.hash)
    expect(redeem({ ...other, pass: { ...other.pass!, case: 'case' } }, plain)[1]).to.include({
      reason: 'wrong',
    })
  })

  it('that is wrong is counted, and makes people wait', () => {
    const wrong = (holder: Protection) => redeem(holder, 'WRONG')[0]
    const failing = times(throttleLimits.free + 1, () => wrong).reduce((one, fail) => fail(one), ada)
    expect(failing.throttles['pass']?.failures).to.equal(throttleLimits.free + 1)
    expect(redeem(failing, plain)).to.deep.equal([failing, { ok: false, reason: 'throttled' }])
    expect(redeem(failing, plain, noon + throttleLimits.firstWait)[0].throttles).to.deep.equal({})
  })

  it('that nobody issued is none', () => {
    expect(redeem(account(), plain)[1]).to.deep.equal({ ok: false, reason: 'none' })
  })
})
