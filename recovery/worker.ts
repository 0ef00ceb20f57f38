import type { Services } from '../services.ts'
import { wakeCases } from './cases.ts'

export interface Worker {
  /** Does everything that is due now. */
  run(): Promise<void>
  stop(): Promise<void>
}

/** Milliseconds between looks for what is due. */
const interval = 5_000

/** Carries on where a process stopped, and lets time act on cases. Any number of processes may run one. */
export function startWorker(services: Services): Worker {
  let running: Promise<void> | undefined
  const work = async () => {
    await services.effects.settleAll()
    await wakeCases(services)
    await services.outbox.drain()
  }
  const run = (): Promise<void> => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
  const tick = () => run().catch((error) => services.log.error({ err: error }, 'the worker failed'))
  const timer = setInterval(tick, interval).unref()
  void tick()
  return {
    run,
    stop: async () => {
      clearInterval(timer)
      await running?.catch(() => {})
    },
  }
}
