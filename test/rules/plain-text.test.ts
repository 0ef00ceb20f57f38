import { expect } from 'chai'
import fc from 'fast-check'
import { allIsolated, appName, isolated, visible } from '../../rules/plain-text.ts'

describe('Text that somebody else wrote', () => {
  it('loses overrides, isolates, controls and what nobody can see', () => {
    expect(visible('in\u202Evoice\u202C \u2066a\u2069\u200B\u0007\u0000\u{E0041}b\u00AD')).to.equal(
      'invoice ab',
    )
    expect(visible('one\ntwo\tthree\u2028four')).to.equal('one\ntwo\tthree\nfour')
  })

  it('keeps joiners, accents and every script', () => {
    for (const text of ['می‌خواهم', '👩‍👩‍👧', 'José', '佐藤 美奈', 'שלום'])
      expect(visible(text)).to.equal(text)
  })

  it('is the same when it was looked at before', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => visible(visible(text)) === visible(text)))
  })

  it('is isolated where it runs from right to left, and only there', () => {
    expect(isolated('Mina')).to.equal('Mina')
    expect(isolated('דנה')).to.equal('\u2068דנה\u2069')
  })

  it('is looked at wherever it stands in the data of a page', () => {
    const data = { a: 'x\u202E', list: [{ b: '\u2066y' }], at: 3, none: undefined, date: new Date(0) }
    expect(allIsolated(data)).to.deep.equal({ ...data, a: 'x', list: [{ b: 'y' }] })
  })

  it('names an app in one short line', () => {
    expect(appName('Ledger\nVerified by support')).to.equal('Ledger')
    expect([...appName('x'.repeat(200))]).to.have.length(60)
  })
})
