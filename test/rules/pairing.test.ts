import { expect } from 'chai'
import {
  claimPairing,
  confirmPairing,
  type Pairing,
  pairedFactor,
  pairingLifetime,
  pairingState,
} from '../../rules/pairing.ts'
import { noon } from './examples.ts'

const pairing: Pairing = {
  id: 'pairing',
  account: 'ada',
  attempt: 'attempt',
  number: 'hash of the number',
  failures: 0,
  secret: 'sealed',
  createdAt: noon,
  expiresAt: noon + pairingLifetime,
}
const phone = { publicKey: 'a key', browser: 'Chrome', system: 'Android' }
const other = { ...phone, publicKey: 'another key' }
const claimed: Pairing = { ...pairing, phone }
const confirmed: Pairing = { ...claimed, confirmedAt: noon }
const attempt = { id: 'attempt', account: 'ada' }

describe('Connecting a phone', () => {
  it('is for the phone that comes first, which may come again', () => {
    const [taken, outcome] = claimPairing(pairing, phone, noon)
    expect([taken, outcome]).to.deep.equal([claimed, { ok: true }])
    expect(claimPairing(taken, phone, noon)).to.deep.equal([claimed, { ok: true }])
    expect(claimPairing(taken, other, noon)).to.deep.equal([claimed, { ok: false, reason: 'taken' }])
  })

  it('is confirmed by the number, once a phone has come', () => {
    expect(confirmPairing(pairing, pairing.number, noon)[1]).to.deep.equal({ ok: false, reason: 'gone' })
    const [next, outcome] = confirmPairing(claimed, pairing.number, noon)
    expect([next, outcome]).to.deep.equal([confirmed, { ok: true }])
    expect(confirmPairing(next, pairing.number, noon + 1)[0]).to.deep.equal(confirmed)
  })

  it('is over after five wrong numbers, and after ten minutes', () => {
    let current: Pairing | undefined = claimed
    for (const left of [4, 3, 2, 1]) {
      const [next, outcome] = confirmPairing(current, 'another', noon)
      expect(outcome).to.deep.equal({ ok: false, reason: 'wrong', left })
      current = next
    }
    current = confirmPairing(current, 'another', noon)[0]
    expect(confirmPairing(current, pairing.number, noon)[1]).to.deep.equal({ ok: false, reason: 'gone' })
    expect(pairingState(confirmed, noon + pairingLifetime)).to.equal('over')
    expect(claimPairing(pairing, phone, noon + pairingLifetime)[1]).to.deep.equal({
      ok: false,
      reason: 'gone',
    })
  })

  it('makes a factor of the sign-in that asked, and of no other', () => {
    expect(pairedFactor(confirmed, attempt, noon)).to.include({
      id: 'pairing',
      kind: 'push',
      publicKey: 'a key',
    })
    expect(pairedFactor(claimed, attempt, noon)).to.equal(undefined)
    expect(pairedFactor(confirmed, { ...attempt, id: 'another' }, noon)).to.equal(undefined)
    expect(pairedFactor(confirmed, { ...attempt, account: 'bob' }, noon)).to.equal(undefined)
    expect(pairedFactor(confirmed, attempt, noon + pairingLifetime)).to.equal(undefined)
    expect(pairedFactor(undefined, attempt, noon)).to.equal(undefined)
  })
})
