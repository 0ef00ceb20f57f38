import { expect } from 'chai'
import { check, property, string } from 'fast-check'
import type { AuditEntry } from '../../rules/audit/chain.ts'
import { csvCell, csvHeader, csvLine, jsonLine } from '../../rules/audit/export.ts'
import { matches, readAuditCursor } from '../../rules/audit/filter.ts'

const entry = {
  id: 'e1',
  at: Date.UTC(2026, 2, 14),
  sequence: 7,
  event: 'factor.added',
  actor: 'mina',
  subject: 'mina',
  detail: { factor: 'totp' },
} as unknown as AuditEntry

describe('The log as a file', () => {
  it('has no cell that a spreadsheet takes for a formula', () => {
    for (const evil of [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      ' =1',
      '\t=1',
      '\r=1',
      '＝1',
      '\u200b=1',
      '|calc',
      '%0A',
    ])
      expect(csvCell(evil).replace(/^"/, '')).to.match(/^'/, JSON.stringify(evil))
  })

  it('has each cell back as it was, but for the apostrophe', () => {
    const read = (cell: string) =>
      (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell).replace(/^'/, '')
    const outcome = check(property(string(), (text) => read(csvCell(text)) === text.replace(/^'/, '')))
    expect(outcome.failed).to.equal(false)
  })

  it('has as many cells in each line as in the first', () => {
    const line = csvLine({ entry, actor: 'Mina, "the" boss', subject: 'Mina\nSato' })
    const cells = line.match(/("(?:[^"]|"")*"|[^,"\r\n]*)(,|\r\n$)/g)!
    expect(cells).to.have.length(csvHeader.split(',').length)
  })

  it('is one JSON object a line, whatever a name holds', () => {
    const line = jsonLine({ entry, actor: 'Mina\nSato' })
    expect(line.trimEnd()).not.to.include('\n')
    expect(JSON.parse(line)).to.include({ event: 'factor.added', actor_name: 'Mina\nSato' })
  })
})

describe('What is asked of the log', () => {
  it('is met by whom, by what, by which case and within which time', () => {
    expect(matches({}, entry)).to.equal(true)
    expect(matches({ person: 'mina', actor: 'mina', events: ['factor.added'] }, entry)).to.equal(true)
    expect(matches({ from: entry.at, to: entry.at }, entry)).to.equal(true)
    for (const other of [
      { person: 'ben' },
      { actor: 'ben' },
      { case: 'c1' },
      { events: ['factor.removed' as const] },
      { from: entry.at + 1 },
      { to: entry.at - 1 },
    ])
      expect(matches(other, entry)).to.equal(false)
  })

  it('goes on from a cursor of ours, and from nothing else', () => {
    expect(readAuditCursor('17.chain.4')).to.deep.equal({ sequence: 17, id: 'chain.4' })
    for (const other of ['', 'x', '17', '.a', '17.<b>', `17.${'a'.repeat(200)}`, undefined])
      expect(readAuditCursor(other)).to.equal(undefined)
  })
})
