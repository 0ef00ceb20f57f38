import type { Logger } from 'pino'

export interface Worker {
  /** Does everything that is due at the moment of the call. */
  run(): Promise<void>
  stop(): Promise<void>
  /** Seconds since the duty finished that has waited longest. */
  lag(): number
}

/** Something that is done now and then. It may be under way in several processes at once. */
export type Duty = () => Promise<void>

/** Milliseconds between looks for what is due. */
const interval = 5_000

/**
 * Carries on where a process stopped, and lets time act. Any number of processes may run one. Each duty has a turn of
 * its own: one that takes long, or hangs, holds up no other.
 */
export function startWorker(duties: Duty[], log: Logger): Worker {
  const turns = duties.map(inTurn)
  const tick = () => {
    for (const turn of turns) {
      if (turn.waiting === 0) turn.run().catch((error) => log.error({ err: error }, 'the worker failed'))
    }
  }
  const timer = setInterval(tick, interval).unref()
  tick()
  return {
    // One after the other, as what one does may be what the next one finds. What fails keeps no other from being done.
    run: async () => {
      const faults: unknown[] = []
      for (const turn of turns) await turn.run().catch((error) => faults.push(error))
      if (faults.length > 0) throw new AggregateError(faults, 'some background work failed')
    },
    lag: () => (performance.now() - Math.min(...turns.map(({ finished }) => finished))) / 1000,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(turns.map((turn) => turn.last))
    },
  }
}

interface Turn {
  waiting: number
  finished: number
  last: Promise<unknown>
  run(): Promise<void>
}

/** A look that is under way may have missed what has become due since it began: another one follows it. */
function inTurn(duty: Duty): Turn {
  const turn: Turn = {
    waiting: 0,
    finished: performance.now(),
    last: Promise.resolve(),
    run: () => {
      turn.waiting += 1
      const mine = turn.last.then(duty).finally(() => {
        turn.waiting -= 1
        turn.finished = performance.now()
      })
      turn.last = mine.catch(() => {})
      return mine
    },
  }
  return turn
}
