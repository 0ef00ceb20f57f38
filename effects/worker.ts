import type { Logger } from 'pino'

export interface Worker {
  /** Does everything that is due at the moment of the call. */
  run(): Promise<void>
  stop(): Promise<void>
}

/** Something that is done now and then. It may be under way in several processes at once. */
export type Duty = () => Promise<void>

/** Milliseconds between looks for what is due. */
const interval = 5_000

/** Carries on where a process stopped, and lets time act. Any number of processes may run one. */
export function startWorker(duties: Duty[], log: Logger): Worker {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  // What fails in one must not keep the others from being done.
  const work = async () => {
    const faults: unknown[] = []
    for (const duty of duties) await duty().catch((error) => faults.push(error))
    if (faults.length > 0) throw new AggregateError(faults, 'some background work failed')
  }
  // One after the other: a look that is under way may have missed what has become due since it began.
  const run = (): Promise<void> => {
    waiting += 1
    const mine = last.then(work).finally(() => {
      waiting -= 1
    })
    last = mine.catch(() => {})
    return mine
  }
  const tick = () => {
    if (waiting === 0) run().catch((error) => log.error({ err: error }, 'the worker failed'))
  }
  const timer = setInterval(tick, interval).unref()
  tick()
  return {
    run,
    stop: async () => {
      clearInterval(timer)
      await last
    },
  }
}
