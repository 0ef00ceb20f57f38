import { rm } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Variant } from './choices.ts'
import { count } from './count.ts'
import { countOnMongo } from './count-mongo.ts'
import { temporaryFolder } from './folder.ts'
import {
  alternate,
  alternateGroups,
  median,
  pluginScenarios,
  type Scenario,
  scenarios,
  type Window,
} from './measure.ts'
import { besidePeers } from './peers.ts'
import { pinning, pinSelf, type Server, startServer } from './servers.ts'
import { growth, soak } from './soak.ts'
import { measureStart, type Start, startAims } from './start.ts'
import { storm } from './storm.ts'

/**
 * `npm run bench -- [--only text] [--visitors 16] [--rounds 15] [--window 500] [--starts 1, with --plugin 3] [--storms 8] [--no-storm] [--soak seconds] [--large people] [--two]`: Rekey on LMDB
 * against a bare oidc-provider in memory. Read the ratios and the CPU time: what a machine does in a second varies. Where an aim
 * is missed, it says so at the end and fails.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    visitors: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '15' },
    window: { type: 'string', default: '500' },
    starts: { type: 'string' },
    storms: { type: 'string', default: '8' },
    storm: { type: 'boolean', default: true },
    count: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    plugin: { type: 'boolean', default: false },
    large: { type: 'string', default: '0' },
    two: { type: 'boolean', default: false },
    soak: { type: 'string', default: '0' },
    start: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
/** How many starts of each server are compared. */
const startsOfEach = Number(values.starts ?? (values.plugin ? 3 : 1))
const options = {
  visitors: Number(values.visitors),
  rounds: Number(values.rounds),
  window: Number(values.window),
  storms: Number(values.storms),
}

/** How much longer an operation may take with very many people and tokens. */
const largeAim = 1.2
/** How much more CPU it may take where another process writes to the same store. */
const twoAim = 1.05

const folder = await temporaryFolder('bench')
const cores = availableParallelism()
if (!values.start) pinSelf(cores > 1 ? 1 : 0)
console.log(`Node ${process.version}, ${cores} cores (${cpus()[0]!.model.trim()}); ${pinning}`)
console.log(
  `c=${options.visitors}, median of ${options.rounds} windows of ${options.window} ms, alternating\n`,
)
const missed: string[] = []
try {
  if (Number(values.soak) > 0) await showSoak(Number(values.soak))
  else if (values.start) await showStart()
  else if (values.count) {
    await showCounts()
    if (process.env.MONGODB_URI) await showRoundTrips(process.env.MONGODB_URI)
  } else if (values.peers) await showPeers()
  else if (values.plugin) await compare('plugin', pluginScenarios)
  else if (Number(values.large) > 0) await showLarge(values.large)
  else if (values.two) await showTwo()
  else {
    await compare()
    if (values.storm) await showStorms()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
for (const text of missed) console.log(`MISSED  ${text}`)
process.exitCode = missed.length === 0 ? 0 : 1

/** `--count`: what each operation asks of the store, and how often it waits for the disk. With `--list`, all of it. */
async function showCounts(): Promise<void> {
  const head = ['Operation', 'reads', 'writes', 'commits', 'aim']
  begin(head)
  for (const { name, aim, cost, operations } of await count(folder, values.only)) {
    console.log(line(head, [name, ...[cost.reads, cost.writes, cost.commits, aim ?? ''].map(String)]))
    if (values.list) console.log(`\n${operations.join('\n')}\n`)
    if (aim !== undefined && cost.commits > aim)
      missed.push(`${name}: ${cost.commits} commits, at most ${aim}`)
  }
}

/** The same on MongoDB, where a server is named: how often it is asked, and which documents everybody writes to. */
async function showRoundTrips(uri: string): Promise<void> {
  const head = ['On MongoDB', 'round trips', 'in a row', 'wait for a majority', 'hot documents']
  console.log(`\n${line(head, head)}`)
  console.log(line(head, rule(head)))
  for (const { name, all, rounds, majority, hot } of await countOnMongo(uri, folder, values.only)) {
    console.log(line(head, [name, ...[all, rounds, majority, hot.length].map(String)]))
    missed.push(...hot.map((document) => `${name}: everybody writes to ${document}`))
  }
}

/** `--start`: how long `npm start` takes to its first page, and what it holds while nobody asks. The first start fills caches. */
async function showStart(): Promise<void> {
  const head = ['npm start', 'first page ms', 'CPU ms', 'rss MB']
  begin(head)
  const starts: Start[] = []
  for (const name of ['first', 'second', 'third', 'fourth']) {
    const start = await measureStart(folder)
    starts.push(start)
    console.log(line(head, [name, ...[start.firstPage, start.cpu, start.rss].map((one) => one.toFixed(0))]))
  }
  const usual = (figure: keyof Start) => median(starts.slice(1).map((start) => start[figure]))
  if (usual('firstPage') > startAims.firstPage)
    missed.push(`first page after ${usual('firstPage').toFixed(0)} ms`)
  if (usual('rss') > startAims.rss) missed.push(`${usual('rss').toFixed(0)} MB while nobody asks`)
}

/** `--soak 3600`: what the server holds while people sign in for so many seconds, which must not grow. */
async function showSoak(seconds: number): Promise<void> {
  const head = [
    'After',
    'operations',
    'rss MB',
    'own MB',
    'heap MB',
    'handles',
    'files',
    'readers',
    'store MB',
  ]
  begin(head)
  const server = await startServer('lmdb', folder)
  const held = await soak(server, join(folder, 'lmdb'), seconds, (one) => {
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0)
    const counts = [one.handles, one.files, one.readers].map(String)
    const memory = [one.rss, one.own, one.heap].map(megabytes)
    const cells = [`${one.seconds} s`, String(one.signIns), ...memory, ...counts, megabytes(one.stored)]
    console.log(line(head, cells))
  })
  await server.stop()
  missed.push(...growth(held))
}

/** `--peers`: beside better-auth, which is installed for it. */
async function showPeers(): Promise<void> {
  const head = ['Work', 'Rekey ops/s', 'better-auth ops/s', 'ratio', 'Rekey CPU ms', 'better-auth CPU ms']
  begin(head)
  for (const { name, rekey, betterAuth, ratio } of await besidePeers(folder, options)) {
    const figures = [rekey.perSecond.toFixed(0), betterAuth.perSecond.toFixed(0), ratio.toFixed(2)]
    console.log(line(head, [name, ...figures, rekey.cpu.toFixed(2), betterAuth.cpu.toFixed(2)]))
  }
}

function isAsked({ name }: Scenario): boolean {
  return name.includes(values.only)
}

/**
 * `--two`: what an operation costs where two processes share the store, beside one alone. All on one core, where two
 * processes of any kind cost more than one; so beside it what two cost that have a store each, and two bare providers.
 */
async function showTwo(): Promise<void> {
  const head = ['Operation', 'one: CPU ms', 'two: CPU ms', 'ratio', 'aim', 'a store each', 'bare']
  begin(head)
  const start = (variant: Variant, name: string, beside?: Server) =>
    startServer(variant, join(folder, name), '0', beside)
  const first = await start('lmdb', 'two')
  const groups = [
    [await start('lmdb', 'one')],
    [first, await start('lmdb, second', 'two', first)],
    [await start('lmdb', 'apart'), await start('lmdb', 'apart too')],
    [await start('memory', '')],
    [await start('memory', ''), await start('memory', '')],
  ]
  for (const scenario of scenarios.filter(isAsked)) {
    const rounds = await alternateGroups(groups, scenario, options)
    const ratio = median(rounds.map(([one, two]) => two! / one!))
    const apart = median(rounds.map(([one, , apart]) => apart! / one!))
    const bare = median(rounds.map(([, , , one, two]) => two! / one!))
    const costs = [0, 1].map((group) => median(rounds.map((round) => round[group]!)).toFixed(3))
    const ratios = [ratio, twoAim, apart, bare].map((one) => one.toFixed(2))
    console.log(line(head, [scenario.name, ...costs, ...ratios]))
    if (ratio > twoAim)
      missed.push(`${scenario.name}: ${ratio.toFixed(2)} of the CPU with two processes, at most ${twoAim}`)
  }
  for (const server of groups.flat().reverse()) await server.stop()
}

/** `--large 1000000`: Rekey with so many people and live tokens, beside Rekey with few. */
async function showLarge(count: string): Promise<void> {
  process.env.BENCH_LARGE = count
  const head = ['Operation', 'few p50 ms', 'many p50 ms', 'ratio', 'aim', 'few CPU ms', 'many CPU ms']
  begin(head)
  const servers = [await startServer('lmdb', folder, '0'), await startServer('lmdb, large', folder, '0')]
  for (const scenario of scenarios.filter(isAsked)) {
    const rounds = await alternate(servers, scenario, options)
    const ratio = median(rounds.map(([few, many]) => many!.p50 / few!.p50))
    const of = (server: 0 | 1, figure: keyof Window) =>
      median(rounds.map((windows) => windows[server]![figure]))
    const times = [of(0, 'p50').toFixed(1), of(1, 'p50').toFixed(1), ratio.toFixed(2), largeAim.toFixed(2)]
    console.log(line(head, [scenario.name, ...times, of(0, 'cpu').toFixed(3), of(1, 'cpu').toFixed(3)]))
    if (ratio > largeAim)
      missed.push(`${scenario.name}: ${ratio.toFixed(2)} of the time with few, at most ${largeAim}`)
  }
  for (const server of servers) await server.stop()
}

/**
 * `--plugin`: a host's provider in memory, with and without the plugin. Each of the two is started several times: two
 * starts of the very same server differ by some percent for as long as they run.
 */
async function compare(variant: 'lmdb' | 'plugin' = 'lmdb', all = scenarios): Promise<void> {
  const head = [
    'Operation',
    'memory ops/s',
    'Rekey ops/s',
    'ratio',
    'aim',
    'by CPU',
    'memory CPU ms',
    'Rekey CPU ms',
    'memory p50/p99',
    'Rekey p50/p99',
  ]
  const measured = all.filter(isAsked).map((scenario) => ({ scenario, rounds: [] as Window[][] }))
  for (let start = 0; start < startsOfEach; start += 1) {
    const data = join(folder, String(start))
    const servers = [await startServer('memory', data, '0'), await startServer(variant, data, '0')]
    for (const { scenario, rounds } of measured) rounds.push(...(await alternate(servers, scenario, options)))
    for (const server of servers) await server.stop()
  }
  begin(head)
  for (const { scenario, rounds } of measured) {
    console.log(line(head, figures(scenario, rounds)))
    const ratio = ratioOf(rounds)
    if (scenario.aim !== undefined && ratio < scenario.aim)
      missed.push(`${scenario.name}: ${ratio.toFixed(2)} of the bare provider, at least ${scenario.aim}`)
  }
}

function figures({ name, aim }: Scenario, rounds: Window[][]): string[] {
  const of = (server: 0 | 1, figure: keyof Window) =>
    median(rounds.map((windows) => windows[server]![figure]))
  const ratio = ratioOf(rounds)
  const times = (server: 0 | 1) => `${of(server, 'p50').toFixed(1)} / ${of(server, 'p99').toFixed(0)}`
  return [
    name,
    of(0, 'perSecond').toFixed(0),
    of(1, 'perSecond').toFixed(0),
    ratio.toFixed(2),
    aim?.toFixed(2) ?? '',
    median(rounds.map(([memory, rekey]) => memory!.cpu / rekey!.cpu)).toFixed(2),
    of(0, 'cpu').toFixed(3),
    of(1, 'cpu').toFixed(3),
    times(0),
    times(1),
  ]
}

function ratioOf(rounds: Window[][]): number {
  return median(rounds.map(([memory, rekey]) => rekey!.perSecond / memory!.perSecond))
}

async function showStorms(): Promise<void> {
  const head = [
    'Rekey on LMDB on',
    'calm p99 ms',
    'storm p50 ms',
    'storm p99 ms',
    'refreshes',
    'all answered after ms',
  ]
  console.log(
    '\n48 people send their password at the same moment, argon2 and all, while 4 refresh (aim: p99 at most twice the calm one)\n',
  )
  begin(head)
  const refresh = scenarios.find(({ name }) => name.startsWith('refresh'))!
  for (const [where, pinned] of [
    ['every core', undefined],
    ['one core', '0'],
  ] as const) {
    const server = await startServer('lmdb, argon2', join(folder, where), pinned)
    const { calm, p50, p99, refreshes, cleared } = await storm(server, refresh, options.storms)
    const figures = [
      calm.p99.toFixed(1),
      p50.toFixed(1),
      p99.toFixed(1),
      String(refreshes),
      cleared.toFixed(0),
    ]
    console.log(line(head, [where, ...figures]))
    if (p99 > 2 * calm.p99)
      missed.push(
        `refresh while 48 people sign in, on ${where}: p99 ${p99.toFixed(0)} ms, calm ${calm.p99.toFixed(0)} ms`,
      )
    await server.stop()
  }
}

/** The head of a Markdown table. */
function begin(head: string[]): void {
  console.log(line(head, head))
  console.log(line(head, rule(head)))
}

/** A row of a Markdown table, as wide as its head: the first cell is a name, the others are figures. */
function line(head: string[], cells: string[]): string {
  const padded = cells.map((cell, column) => {
    const width = Math.max(head[column]!.length, column === 0 ? 17 : 0)
    return column === 0 ? cell.padEnd(width) : cell.padStart(width)
  })
  return `| ${padded.join(' | ')} |`
}

function rule(head: string[]): string[] {
  return head.map((cell, column) =>
    column === 0 ? '-'.repeat(Math.max(cell.length, 17)) : `${'-'.repeat(cell.length - 1)}:`,
  )
}
