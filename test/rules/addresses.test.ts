import { expect } from 'chai'
import type { Protection } from '../../rules/account.ts'
import {
  addressCodeLifetime,
  askForAddress,
  mostAddresses,
  proveAddress,
  readAddress,
  removeAddress,
} from '../../rules/addresses.ts'
import { account, hour, noon, times } from './examples.ts'

describe('An address for notices', () => {
  const { mail } = account()
  const pending = { address: 'ada@home.example', hash: 'right', expiresAt: noon + addressCodeLifetime }
  const asked = (one: Protection = account()) => askForAddress(one, mail, pending, noon)[0]
  const prove = (one: Protection, hash: string, now = noon) => proveAddress(one, hash, 'addition', now)

  it('is read as it is kept, and refused where a header could be made of it', () => {
    expect(readAddress('  Ada.Lovelace+x@Home.Example ')).to.equal('ada.lovelace+x@home.example')
    expect(readAddress('　Ａｄａ＠Ｈｏｍｅ．Ｅｘａｍｐｌｅ')).to.equal('ada@home.example')
    expect(readAddress('ada@home。example')).to.equal('ada@home.example')
    expect(readAddress('ﬁ@home.example'), 'look-alikes stay apart').to.equal('ﬁ@home.example')
    for (const bad of [
      '',
      'ada',
      'ada@home',
      '@home.example',
      'ada@home.example.',
      'a,b@home.example',
      'Ada <ada@home.example>',
      'ada@home.example\nbcc: all@home.example',
      'ada\u200b@home.example',
      `${'a'.repeat(65)}@home.example`,
      `a@${'b'.repeat(250)}.example`,
    ])
      expect(readAddress(bad), JSON.stringify(bad)).to.equal(undefined)
  })

  it('is nobody’s until its code comes back, and is taken once', () => {
    const waiting = asked()
    expect(waiting.noticeAddresses).to.have.length(0)
    const [added, proof] = prove(waiting, 'right')
    expect(proof).to.deep.equal({ ok: true, address: pending.address })
    expect(added.noticeAddresses[0]).to.deep.equal({
      address: pending.address,
      verifiedAt: noon,
      addition: 'addition',
    })
    expect(prove(added, 'right')[1]).to.deep.equal({ ok: false, reason: 'expired' })
  })

  it('is not proven by a code that is wrong or too old, and guesses become slow', () => {
    expect(prove(asked(), 'right', pending.expiresAt)[1]).to.deep.equal({ ok: false, reason: 'expired' })
    const guessed = times(5, String).reduce((one, hash) => prove(one, hash)[0], asked())
    expect(prove(guessed, 'right')[1]).to.deep.equal({ ok: false, reason: 'throttled' })
    const again = askForAddress(guessed, mail, pending, noon)[0]
    expect(prove(again, 'right')[1], 'a new code is no new start').to.deep.equal({
      ok: false,
      reason: 'throttled',
    })
  })

  it('is mailed to five times an hour at most', () => {
    const often = times(5, () => 0).reduce<Protection>((one) => asked(one), account())
    expect(askForAddress(often, mail, pending, noon)[1]).to.equal('throttled')
    expect(askForAddress(often, mail, pending, noon + hour)[1]).to.equal(undefined)
  })

  it('is one of five at most, and never twice the same', () => {
    const full = account({
      noticeAddresses: times(mostAddresses - 1, (i) => ({ address: `${i}@home.example`, verifiedAt: noon })),
    })
    expect(askForAddress(full, mail, pending, noon)[1]).to.equal('full')
    expect(askForAddress(prove(asked(), 'right')[0], mail, pending, noon)[1]).to.equal('known')
  })

  it('can go, but for the one that signs in', () => {
    const [two] = prove(asked(), 'right')
    expect(removeAddress(two, pending.address)!.noticeAddresses).to.deep.equal([])
    expect(removeAddress(two, 'ada@example.com')).to.equal(undefined)
    expect(removeAddress(two, 'eve@home.example')).to.equal(undefined)
  })
})
