import { expect } from 'chai'
import { conditionalSpreads, conditionalSpreadsIn } from './conditional-spreads.ts'

describe('A field that is there now and then', () => {
  // Seen failing with `...(name === undefined ? {} : { name })` in adapters/proofing/oidc/verified-claims.ts.
  it('is a field that may be undefined, everywhere in the product', () => {
    expect(conditionalSpreads()).to.deep.equal([])
  })

  const found = [
    '({ ...(a ? { b: 1 } : {}) })',
    '({ ...(a ? {} : { b }) })',
    '({ ...(a && { b }) })',
    '({ ...(a !== undefined && ({ b } as const)) })',
    'const c = () => [{ d: { ...(a === undefined ? {} : { b: a }) } }]',
  ]
  for (const text of found)
    it(`is found in ${text}`, () => {
      expect(conditionalSpreadsIn(text)).to.deep.equal(['...{ b }'])
    })

  const others = ['({ ...a })', '({ ...(a ?? b) })', '({ ...(a && { [b]: 1 }) })', '[...(a ? [b] : [])]']
  for (const text of others)
    it(`is something else than ${text}`, () => {
      expect(conditionalSpreadsIn(text)).to.deep.equal([])
    })
})
