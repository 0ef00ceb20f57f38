import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import Mocha from 'mocha'
import { check } from './check.ts'
import { storesInMemory } from './support/folders.ts'

/**
 * `npm test [-- file …]`: the checks, then every test, or only those in the given files. All of them run in as many
 * processes as there are cores, a file at a time each: every suite has ports, folders and databases of its own.
 */
const given = process.argv.slice(2)
const sound = given.length > 0 || check()
// Halves the time that each process takes to start, of those too that tests start.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'rekey-compiled')
storesInMemory()
/** Begun first, the longest at the front: no process is left with one of them when all others are done. */
const longest = [
  'views/accessibility',
  'kills/lmdb',
  'browser/administration',
  'views/reading',
  'recovery/effects',
  'kills/mongo',
  'kills/elsewhere',
  'attacks/crash-lmdb',
  'attacks/model',
  'effects/outbox',
  'browser/journey',
  'attacks/crash-mongo',
  'attacks/crash-postgres',
  'browser/passkeys',
  'views/brands',
].map((name) => `test/${name}.test.ts`)
const all = given.length > 0 ? given : globSync('test/**/*.test.ts')
const files = [
  ...longest.filter((file) => all.includes(file)),
  ...all.filter((file) => !longest.includes(file)).sort(),
]
const jobs = Math.min(files.length, availableParallelism(), 4)

const mocha = new Mocha({
  timeout: 180_000,
  reporter: process.stdout.isTTY ? 'spec' : 'dot',
  // In each process, before its first file.
  require: ['./test/support/each-process.ts'],
  parallel: jobs > 1,
  jobs,
})
for (const file of files) mocha.addFile(file)
if (jobs === 1) {
  const { mochaHooks } = await import('./support/each-process.ts')
  mocha.rootHooks(mochaHooks)
  await mocha.loadFilesAsync()
}

const seconds = new Map<string, number>()
const runner = mocha.run(() => {
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {}
  const slowest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, 12)
  console.log('Where the time went:')
  for (const [file, took] of slowest) console.log(`${took.toFixed(0).padStart(6)} s  ${file}`)
  console.log(`${passes} passed, ${failures} failed, ${pending} skipped`)
  const elsewhere = given.length > 0 || onHosts()
  process.exit(failures === 0 && sound && elsewhere ? 0 : 1)
})
for (const event of ['test end', 'hook end'] as const) runner.on(event, tally)
runner.on('pending', (test) => console.log(`skipped: ${test.fullTitle()}`))

/**
 * The same again on a host that has a provider already: the stories that use most of it, and what the specifications ask.
 * REKEY_EMBEDDED=all tells every story there.
 */
function onHosts(): boolean {
  const story = (name: string) => `test/stories/${name}.test.ts`
  const all = process.env['REKEY_EMBEDDED'] === 'all'
  const some = ['journey', 'recovery', 'disavow', 'totp', 'consent', 'logout-everywhere'].map(story)
  const told = [
    ...(all ? globSync('test/stories/*.test.ts') : some),
    'test/conformance/openid/openid.test.ts',
  ]
  return [
    ['below a path of a host, with its own people and adapter', '1', told] as const,
    ['after a login page of the host’s', 'login', [story('journey')]] as const,
  ].every(([where, embedded, files]) => {
    console.log(`\nOnce more ${where}:`)
    const env = { ...process.env, REKEY_EMBEDDED: embedded, MONGODB_URI: '', POSTGRES_URI: '' }
    return spawnSync(process.execPath, [process.argv[1]!, ...files], { stdio: 'inherit', env }).status === 0
  })
}

function tally({ file, duration }: Mocha.Runnable): void {
  const name = relative(process.cwd(), file ?? 'all files')
  seconds.set(name, (seconds.get(name) ?? 0) + (duration ?? 0) / 1000)
}
