import type { Pool } from 'undici'
import type { Server } from './servers.ts'
import { Visitor } from './visitor.ts'

/** What is repeated, and what has to be there first. */
export interface Scenario {
  name: string
  /** The least that Rekey on LMDB should reach of the bare provider in memory. */
  aim?: number | undefined
  prepare(visitor: Visitor): Promise<void>
  operate(visitor: Visitor): Promise<void>
}

/** Each authenticator has a code twice a minute, and one ahead: with fewer people visitors would wait for codes. */
const knownPeople = 96

export const scenarios: Scenario[] = [
  {
    name: 'session sign-on',
    aim: 0.9,
    prepare: (visitor) => visitor.signIn(),
    operate: (visitor) => visitor.authorize(),
  },
  {
    name: 'refresh, rotating',
    aim: 0.8,
    prepare: (visitor) => visitor.signIn('spa'),
    operate: (visitor) => visitor.refresh(),
  },
  {
    name: 'introspection',
    aim: 0.9,
    prepare: (visitor) => visitor.signIn(),
    operate: (visitor) => visitor.introspect(),
  },
  {
    name: 'userinfo',
    aim: 0.9,
    prepare: (visitor) => visitor.signIn(),
    operate: (visitor) => visitor.userinfo(),
  },
  {
    name: 'full sign-in, known browser',
    aim: 0.5,
    prepare: (visitor) => visitor.becomeKnown(knownPeople),
    operate: (visitor) => visitor.signInKnown(),
  },
  {
    name: 'full sign-in, new browser',
    prepare: async () => {},
    operate: (visitor) => visitor.signIn(),
  },
]

/** Requests of apps on a provider with the plugin in it, and what it should reach of the same provider without. */
export const pluginScenarios: Scenario[] = [
  'session sign-on',
  'refresh, rotating',
  'introspection',
  'userinfo',
].map((name) => ({
  ...scenarios.find((one) => one.name === name)!,
  aim: name === 'introspection' || name === 'refresh, rotating' ? 0.95 : undefined,
}))

/** One window of measurement. */
export interface Window {
  perSecond: number
  /** CPU milliseconds of the server per operation. */
  cpu: number
  p50: number
  p99: number
}

/** A server with visitors, ready for one scenario. */
export interface Stage {
  server: Server
  pool: Pool
  visitors: Visitor[]
}

export async function setStage(server: Server, scenario: Scenario, visitors: number): Promise<Stage> {
  const pool = Visitor.pool(server.address, visitors)
  const { host } = new URL(server.issuer)
  const all = Array.from({ length: visitors }, () => new Visitor(pool, host))
  for (const visitor of all) await scenario.prepare(visitor)
  return { server, pool, visitors: all }
}

/** Every visitor repeats the scenario, one operation after the other, for `milliseconds`. */
export async function measure(
  { server, visitors }: Stage,
  { operate }: Scenario,
  milliseconds: number,
): Promise<Window> {
  const took: number[] = []
  const before = await server.cpu()
  const began = performance.now()
  await Promise.all(
    visitors.map(async (visitor) => {
      while (performance.now() - began < milliseconds) {
        const at = performance.now()
        await operate(visitor)
        took.push(performance.now() - at)
      }
    }),
  )
  const elapsed = performance.now() - began
  const cpu = (await server.cpu()) - before
  return {
    perSecond: (took.length * 1000) / elapsed,
    cpu: cpu / took.length,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
  }
}

/**
 * Milliseconds for which each server works before it is measured: the compiler isn't done with it sooner. By turns as well,
 * because one that waits for long is slow for a while, presumably as what was compiled is dropped.
 */
const warmUp = 20_000
const turnsOfWarmUp = 20

async function warm(stages: Stage[], scenario: Scenario): Promise<void> {
  for (let turn = 0; turn < turnsOfWarmUp; turn += 1)
    for (const stage of stages) await measure(stage, scenario, warmUp / turnsOfWarmUp)
}

/**
 * Servers take turns, so that whatever else the machine does meets all of them. Each is the first of a round as often as
 * the others: whoever comes after one of the same kind finds the processor's caches warm.
 */
export async function alternate(
  servers: Server[],
  scenario: Scenario,
  options: { visitors: number; rounds: number; window: number },
): Promise<Window[][]> {
  const stages: Stage[] = []
  for (const server of servers) stages.push(await setStage(server, scenario, options.visitors))
  await warm(stages, scenario)
  const rounds: Window[][] = []
  for (let round = 0; round < options.rounds; round += 1) {
    const windows: Window[] = []
    for (const turn of stages.keys()) {
      const at = (round + turn) % stages.length
      windows[at] = await measure(stages[at]!, scenario, options.window)
    }
    rounds.push(windows)
  }
  for (const { pool } of stages) await pool.close()
  return rounds
}

/**
 * CPU milliseconds per operation of groups of servers, which share the visitors. Every process works as long alone
 * beforehand, and a group as many times longer as it has processes, which take turns on one core: code that ran half as often is
 * compiled half as well, and an operation of it costs more, whatever it does.
 */
export async function alternateGroups(
  groups: Server[][],
  scenario: Scenario,
  options: { visitors: number; rounds: number; window: number },
): Promise<number[][]> {
  const staged: Stage[][] = []
  for (const servers of groups) {
    const stages: Stage[] = []
    for (const server of servers)
      stages.push(await setStage(server, scenario, options.visitors / servers.length))
    staged.push(stages)
  }
  await warm(staged.flat(), scenario)
  const rounds: number[][] = []
  for (let round = 0; round < options.rounds; round += 1) {
    const costs: number[] = []
    for (const stages of staged) costs.push(await costOf(stages, scenario, options.window * stages.length))
    rounds.push(costs)
  }
  for (const { pool } of staged.flat()) await pool.close()
  return rounds
}

async function costOf(stages: Stage[], scenario: Scenario, window: number): Promise<number> {
  const windows = await Promise.all(stages.map((stage) => measure(stage, scenario, window)))
  const operations = windows.reduce((sum, { perSecond }) => sum + perSecond, 0)
  return windows.reduce((sum, { cpu, perSecond }) => sum + cpu * perSecond, 0) / operations
}

export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export const median = (values: number[]): number => quantile(values, 0.5)
