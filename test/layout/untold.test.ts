import { expect } from 'chai'
import { untold, untoldIn } from './untold.ts'

describe('An entry of the log, a notice, an event for apps', () => {
  // Seen failing with the `sessions.ended` of standalone/commands/people.ts written out.
  it('is made by `told`, and by what stands beside it in rules/told.ts', () => {
    expect(untold()).to.deep.equal([])
  })

  for (const [text, kind] of [
    ["const a = { kind: 'audit', id, event: 'sessions.ended' }", 'audit'],
    ["call([{ kind: 'notice' as const, id }])", 'notice'],
    ["const one = () => ({ 'kind': ('signal'), id })", 'signal'],
  ] as const)
    it(`is found in ${text}`, () => {
      expect(untoldIn(text)).to.deep.equal([kind])
    })

  it('is no type, and nothing else that has a kind', () => {
    expect(untoldIn("interface A { kind: 'audit' }\nconst b = { kind: 'totp', audit: 'audit' }")).to.be.empty
  })
})
