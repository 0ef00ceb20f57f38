import { spawnSync } from 'node:child_process'
import { expect } from 'chai'

// What is kept makes the room of new objects grow, as the modules of a start do.
const program = `
import { getHeapSpaceStatistics } from 'node:v8'
import { startIsOver, startLean } from './standalone/lean-start.ts'
const kept = []
const room = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size
const roomAfterWork = () => {
  for (let at = 0; at < 500_000; at += 1) kept.push({ at })
  return room()
}
const before = room()
startLean()
const lean = roomAfterWork()
startIsOver()
console.log(JSON.stringify({ before, lean, after: roomAfterWork() }))
`

describe('A start', () => {
  it('leaves the room of new objects as it is; it grows with the work that comes then', () => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    })
    expect(stdout, stderr).to.not.equal('')
    const { before, lean, after } = JSON.parse(stdout) as { [when: string]: number }
    expect(lean).to.be.at.most(before! * 2)
    expect(after).to.be.greaterThan(lean! * 2)
  })
})
