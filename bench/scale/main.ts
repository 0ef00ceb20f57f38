import { rm } from 'node:fs/promises'
import { temporaryFolder } from '../folder.ts'
import { type Outcome, simulate } from './simulate.ts'
import { type Step, traceSignIn } from './trace.ts'

/**
 * `node bench/scale/main.ts`: what 64 processes on a sharded cluster do to one another at 2,000 sign-ins a second, from
 * the writes that the product really makes. Fails where sign-ins wait for one another.
 */
const load = {
  processes: 64,
  signInsPerSecond: 2_000,
  seconds: 20,
  people: 1_000_000,
  active: 0.01,
  read: 1,
  write: 5,
}

const folder = await temporaryFolder('scale')
try {
  const { steps, weights } = await traceSignIn(folder)
  console.log('A document weighs, as JSON:')
  for (const { collection, bytes } of weights) console.log(`  ${collection} ${bytes} B`)
  console.log(
    `A sign-in with TOTP from a known browser makes ${steps.length} writes; shared with others are:`,
  )
  for (const { what, shared } of steps) if (shared !== 'nobody') console.log(`  ${what}: ${shared}`)
  const { processes, signInsPerSecond, write } = load
  console.log(`\n${signInsPerSecond} sign-ins a second on ${processes} processes, ${write} ms a write`)
  const product = simulate(steps, { ...load, random: numbers(7) })
  show('as it is', product)
  // A log with one end, and a document for the network that everybody comes from: what was measured before.
  const control = simulate([...steps, one('audit head'), one('one network')], {
    ...load,
    seconds: 2,
    random: numbers(7),
  })
  show('with a log that has one end, and a document for a network', control)
  const shared = steps.filter(({ shared }) => shared === 'everyone')
  const missed = [
    ...shared.map(({ what }) => `every sign-in writes to the same document: ${what}`),
    ...(product.waitP99 > 2 * write
      ? [`one in a hundred waits ${product.waitP99.toFixed(0)} ms for others`]
      : []),
    ...(product.busiest[0]!.busy > 0.5
      ? [`${product.busiest[0]!.document} is written to half of the time`]
      : []),
  ]
  for (const text of missed) console.log(`MISSED  ${text}`)
  process.exitCode = missed.length === 0 ? 0 : 1
} finally {
  await rm(folder, { recursive: true })
}

function one(what: string): Step {
  return { what, shared: 'everyone' }
}

function show(name: string, outcome: Outcome): void {
  const { totalP50, totalP99, waitP50, waitP99, conflicts, busiest } = outcome
  console.log(`\n${name}`)
  console.log(`  in the store: p50 ${totalP50.toFixed(0)} ms, p99 ${totalP99.toFixed(0)} ms`)
  console.log(`  of that, waiting for others: p50 ${waitP50.toFixed(1)} ms, p99 ${waitP99.toFixed(1)} ms`)
  console.log(`  writes that had to be made again, in 1000 sign-ins: ${conflicts.toFixed(2)}`)
  console.log(
    `  busiest: ${busiest.map(({ document, busy }) => `${document} ${(busy * 100).toFixed(1)} %`).join(', ')}`,
  )
}

/** mulberry32: the same run every time. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
