import { spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { expect } from 'chai'
import { storeFolder } from '../support/folders.ts'
import { startDemo } from '../support/process.ts'

// What is kept makes the room of new objects grow, as the modules of a start do. For a moment, while it is collected, the
// room may be larger than V8 gives it; so what counts is the least that it was over the second half of the work.
const roomAfterWork = (first: string) => `
import { getHeapSpaceStatistics } from 'node:v8'
import { startIsOver, startLean } from './standalone/lean-start.ts'
${first}
const room = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size
const kept = []
const rooms = []
for (let at = 0; at < 500_000; at += 1) {
  kept.push({ at })
  if (at > 250_000 && at % 1000 === 0) rooms.push(room())
}
console.log(Math.min(...rooms))
`

/** What a program prints as JSON that runs in this folder. */
function printedBy(program: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })
  expect(stdout, stderr).to.not.equal('')
  return JSON.parse(stdout)
}

// What a process has loaded of Node itself, as it ends.
const saysFetch = `process.on('exit', () => console.log('fetch loaded:', process.moduleLoadList.some((one) => one.includes('undici'))))`

describe('A start', () => {
  it('imports each file of ours once, however it was imported, and others as Node does', () => {
    const found = printedBy(`
      import { importLean } from './standalone/lean-start.ts'
      const before = await import('./rules/locale.ts')
      const http = process.getBuiltinModule('node:http')
      importLean()
      const missing = await import('./rules/no-such-file.ts').catch(({ code }) => code)
      console.log(JSON.stringify({
        same: before === (await import('./rules/locale.ts')),
        fresh: Object.keys(await import('./rules/defined.ts')),
        package: typeof (await import('p-limit')).default,
        socket: http.WebSocket === WebSocket,
        missing,
      }))`)
    expect(found).to.deep.equal({
      same: true,
      fresh: ['defined'],
      package: 'function',
      socket: true,
      missing: 'ENOENT',
    })
  })

  it('loads nothing to fetch with, as nothing is fetched', async () => {
    const data = await storeFolder()
    const demo = await startDemo(data, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(saysFetch)}`,
    })
    await demo.stop()
    expect(demo.printed()).to.include('fetch loaded: false')
    await rm(data, { recursive: true })
  })

  it('leaves the room of new objects as it is; it grows with the work that comes then', () => {
    const lean = printedBy(roomAfterWork('startLean()')) as number
    const afterwards = printedBy(roomAfterWork('startLean(); startIsOver()')) as number
    expect(lean).to.be.below(afterwards / 2)
  })
})
