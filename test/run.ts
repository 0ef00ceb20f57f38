import { globSync } from 'node:fs'
import Mocha from 'mocha'
import { check } from './check.ts'

/** `npm test [-- file …]`: the checks, then every test, or only those in the given files. */
const given = process.argv.slice(2)
const sound = given.length > 0 || check()

const mocha = new Mocha({ timeout: 30_000, reporter: process.stdout.isTTY ? 'spec' : 'dot' })
for (const file of (given.length > 0 ? given : globSync('test/**/*.test.ts')).sort()) mocha.addFile(file)
await mocha.loadFilesAsync()

// Mocha passes over rejections that nobody handles; in the product they end the process.
process.on('unhandledRejection', (reason) => {
  throw reason
})

const runner = mocha.run(() => {
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {}
  console.log(`${passes} passed, ${failures} failed, ${pending} skipped`)
  process.exit(failures === 0 && sound ? 0 : 1)
})
runner.on('pending', (test) => console.log(`skipped: ${test.fullTitle()}`))
