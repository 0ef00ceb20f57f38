import { expect } from 'chai'
import fc from 'fast-check'
import { beginSending, pressKeys, type Sending, sendingId, settleSending } from '../../rules/sending.ts'

const text: Sending = { id: 'm1', state: 'sent', expiresAt: 1000 }
const call: Sending = { ...text, keys: '47', speech: 'sealed' }

describe('A message that someone waits for', () => {
  it('has an id that tells nothing and fits into an address', () => {
    expect(sendingId('phone_code:+819012345678')).to.match(/^[\w-]{43}$/)
    expect(sendingId('a')).to.not.equal(sendingId('b'))
  })

  it('is begun once: a repeat forgets nothing that is known by then', () => {
    expect(beginSending(undefined, call)).to.equal(call)
    const failed = settleSending(text, { delivered: false, reason: '30005' })
    expect(beginSending(failed, text)).to.equal(failed)
  })

  it('keeps the first final word, whatever follows', () => {
    const words = fc.array(
      fc.oneof(
        fc.constant({ delivered: true as const }),
        fc.record({ delivered: fc.constant(false as const), reason: fc.string() }),
      ),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(words, fc.constantFrom(text, call), (said, begun) => {
        const first = settleSending(begun, said[0]!)
        expect(said.reduce(settleSending, begun)).to.deep.equal(first)
        expect(first).to.not.have.any.keys('speech', 'keys')
      }),
    )
  })

  it('of a call is delivered when its code was said', () => {
    const [heard] = pressKeys(call, '47')
    expect(settleSending(heard, { delivered: true }).state).to.equal('delivered')
    expect(settleSending(call, { delivered: true })).to.include({ state: 'failed', reason: 'not_heard' })
  })
})

describe('Keys pressed in a call', () => {
  it('give the sentences out once, whatever else is pressed', () => {
    const presses = fc.array(fc.constantFrom('47', '11', ''), { maxLength: 8 })
    fc.assert(
      fc.property(presses, (all) => {
        let current = call
        let given = 0
        for (const keys of all) {
          const [next, pressed] = pressKeys(current, keys)
          if (pressed.ok) given += 1
          current = next
        }
        const tries = all.indexOf('47')
        expect(given).to.equal(tries >= 0 && tries <= 2 ? 1 : 0)
      }),
    )
  })

  it('are wrong three times at most', () => {
    const [once, first] = pressKeys(call, '11')
    const [twice, second] = pressKeys(once, '')
    const [over, third] = pressKeys(twice, '1')
    expect([first, second, third].map((pressed) => !pressed.ok && pressed.reason)).to.deep.equal([
      'again',
      'again',
      'gone',
    ])
    expect(over).to.include({ state: 'failed', reason: 'wrong_keys' })
    expect(over).to.not.have.any.keys('speech', 'keys')
  })
})
