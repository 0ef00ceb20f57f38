import type { Step } from './trace.ts'

export interface Load {
  processes: number
  signInsPerSecond: number
  seconds: number
  people: number
  /** This part of the people makes half of all sign-ins. */
  active: number
  /** Milliseconds that a read takes, and a write that waits for a majority. */
  read: number
  write: number
  /** The same numbers give the same run. */
  random: () => number
}

export interface Outcome {
  signIns: number
  /** Milliseconds of a sign-in in the store, in which it waited for others. */
  waitP50: number
  waitP99: number
  totalP50: number
  totalP99: number
  /** Writes that found the document changed since it was read, in a thousand sign-ins. */
  conflicts: number
  /** The busiest documents: which part of the time somebody writes to it. With more than 1 the queue only grows. */
  busiest: { document: string; busy: number }[]
}

/**
 * Many processes on one sharded cluster, in a time of its own: a document takes one write at a time, and a write fails
 * that was decided on another version; a process takes turns for a document, and writes its audit entries in groups.
 */
export function simulate(steps: readonly Step[], load: Load): Outcome {
  const documents = new Map<string, { free: number; version: number; busy: number }>()
  const document = (id: string) => {
    const one = documents.get(id) ?? { free: 0, version: 0, busy: 0 }
    documents.set(id, one)
    return one
  }
  const events = new Queue()
  const waits: number[] = []
  const totals: number[] = []
  let conflicts = 0
  const backoff = (tries: number) => load.random() * Math.min(2 ** tries, 50)

  const signIn = (number: number, began: number) => {
    const person = personOf(load)
    const process = Math.floor(load.random() * load.processes)
    let waited = 0
    const idOf = ({ what, shared }: Step, index: number): string => {
      if (shared === 'everyone') return what
      if (shared === 'process') return `${what} of process ${process}`
      return shared === 'person' ? `${what} of person ${person}` : `${what} ${number} ${index}`
    }
    const next = (index: number, now: number): void => {
      const step = steps[index]
      if (step === undefined) {
        waits.push(waited)
        totals.push(now - began)
        return
      }
      if (step.shared === 'process') group(idOf(step, index), index, now)
      else attempt(idOf(step, index), index, now, 0)
    }
    /** Whatever waits goes with the next write, together. */
    const group = (id: string, index: number, now: number) => {
      const queue = document(id)
      const starts = Math.max(now, queue.free)
      if (queue.free <= now) {
        queue.free = now + load.write
        queue.busy += load.write
      }
      waited += starts - now
      events.at(starts + load.write, (then) => next(index + 1, then))
    }
    const attempt = (id: string, index: number, now: number, tries: number) => {
      const read = document(id).version
      events.at(now + load.read, (then) => {
        const there = document(id)
        const starts = Math.max(then, there.free)
        if (starts > then) {
          // Somebody's write is under way: the server takes ours after it, and finds another version.
          waited += starts - then
        }
        events.at(starts, (turn) => {
          const current = document(id)
          if (current.version !== read || current.free > turn) {
            conflicts += 1
            const pause = backoff(tries)
            waited += pause + load.read
            return events.at(turn + pause, (again) => attempt(id, index, again, tries + 1))
          }
          current.version += 1
          current.free = turn + load.write
          current.busy += load.write
          events.at(current.free, (done) => next(index + 1, done))
        })
      })
    }
    next(0, began)
  }

  const count = load.signInsPerSecond * load.seconds
  for (let number = 0; number < count; number += 1) {
    const began = load.random() * load.seconds * 1000
    events.at(began, (now) => signIn(number, now))
  }
  events.run()
  const busiest = [...documents]
    .map(([id, { busy }]) => ({ document: id, busy: busy / (load.seconds * 1000) }))
    .sort((a, b) => b.busy - a.busy)
    .slice(0, 5)
  return {
    signIns: totals.length,
    waitP50: quantile(waits, 0.5),
    waitP99: quantile(waits, 0.99),
    totalP50: quantile(totals, 0.5),
    totalP99: quantile(totals, 0.99),
    conflicts: (conflicts * 1000) / totals.length,
    busiest,
  }
}

function personOf({ people, active, random }: Load): number {
  const few = Math.max(1, Math.floor(people * active))
  return random() < 0.5 ? Math.floor(random() * few) : few + Math.floor(random() * (people - few))
}

function quantile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

type Work = (now: number) => void

/** What happens when: a binary heap. */
class Queue {
  readonly #heap: { at: number; work: Work }[] = []

  at(at: number, work: Work): void {
    const heap = this.#heap
    let index = heap.push({ at, work }) - 1
    for (let up = (index - 1) >> 1; index > 0 && heap[up]!.at > at; up = (index - 1) >> 1) {
      heap[index] = heap[up]!
      index = up
    }
    heap[index] = { at, work }
  }

  run(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) next.work(next.at)
  }

  #take(): { at: number; work: Work } | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let index = 0
    for (;;) {
      let down = 2 * index + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && heap[down + 1]!.at < heap[down]!.at) down += 1
      if (heap[down]!.at >= last.at) break
      heap[index] = heap[down]!
      index = down
    }
    heap[index] = last
    return first
  }
}
