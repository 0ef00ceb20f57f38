import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { temporaryFolder } from './folder.ts'
import { nameOf } from './members.ts'

/**
 * `npm run bench:import -- [--people 20000] [--store postgres://…]`: `rekey import` of people with another system's hashes,
 * all of one organization, from one JSON object a line. A server's database must be empty. Tells how long it took, and how
 * much CPU and memory the command used (on Linux).
 */
const { values } = parseArgs({
  options: { people: { type: 'string', default: '20000' }, store: { type: 'string', default: 'lmdb' } },
})
const folder = await temporaryFolder('import')
try {
  const file = join(folder, 'people.ndjson')
  await write(file, Number(values.people))
  await measure(file)
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function write(file: string, people: number): Promise<void> {
  const handle = await open(file, 'w')
  await handle.write(`${JSON.stringify({ type: 'organization', id: 'hanami', name: 'Hanami' })}\n`)
  for (let from = 0; from < people; from += 1000) {
    const some = Array.from({ length: Math.min(1000, people - from) }, (_, at) => lineOf(from + at))
    await handle.write(some.join(''))
  }
  await handle.close()
}

function lineOf(index: number): string {
  const salt = String(index).padStart(22, '.')
  const person = {
    email: `person${index}@example.com`,
    name: nameOf(index),
    passwordHash: `$2b$10$${salt}${'k'.repeat(31)}`,
    memberships: [{ organization: 'hanami' }],
  }
  return `${JSON.stringify(person)}\n`
}

async function measure(file: string): Promise<void> {
  const tell = [
    'import { readFileSync } from "node:fs"',
    'let own = 0',
    'const look = () => { own = Math.max(own, /RssAnon:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) }',
    'setInterval(look, 20).unref()',
    'process.on("exit", () => console.log(JSON.stringify({ ...process.resourceUsage(), own })))',
  ].join(';')
  const command = [
    '--import',
    `data:text/javascript,${encodeURIComponent(tell)}`,
    'standalone/start.mjs',
    'import',
    file,
  ]
  const began = performance.now()
  const child = spawn(process.execPath, command, {
    cwd: resolve(import.meta.dirname, '..'),
    env: { ...process.env, REKEY_DATA: join(folder, 'data'), REKEY_STORE: values.store },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(said)
  const used: NodeJS.ResourceUsage & { own: number } = JSON.parse(said.trim().split('\n').at(-1)!)
  const [wall, cpu] = [(performance.now() - began) / 1000, (used.userCPUTime + used.systemCPUTime) / 1e6]
  console.log(`${values.people} people on ${values.store.split(':')[0]}:`)
  console.log(
    `${wall.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU, ${Math.round(used.maxRSS / 1024)} MB (${Math.round(used.own / 1024)} MB without the pages of files)`,
  )
}
