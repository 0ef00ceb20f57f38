import { isLately } from '../../rules/lately.ts'
import type { Deeds } from './deeds.ts'

/** What looks at everything there is: it takes longer than anybody waits for a page. */
export type LongWork = 'reseal' | 'verify'

/** How far it has come, where every process sees it. Milliseconds. */
export interface Work {
  begunAt: number
  /** When it was last heard of. */
  at: number
  /** How many documents were looked at. */
  seen: number
  over?: true
}

/** A process that died over it is heard of no longer. */
const silence = 60_000
const saysEvery = 1_000

const settingOf = (name: LongWork): string => `work-${name}`

/** What is under way, in whatever process. */
export async function underWay(
  { store, clock }: Pick<Deeds, 'store' | 'clock'>,
  name: LongWork,
): Promise<Work | undefined> {
  const found = await store.settings.get(settingOf(name))
  const work: Work | undefined = found && JSON.parse(found.value)
  return isUnderWay(work, clock()) ? work : undefined
}

const isUnderWay = (work: Work | undefined, now: number): work is Work =>
  work !== undefined && work.over !== true && isLately(work.at, silence, now)

/**
 * Begins it, where it isn't under way already, and returns when it is over or after `patience` milliseconds, whichever is
 * first. Whether it is over.
 */
export async function beginWork(
  services: Pick<Deeds, 'store' | 'clock' | 'change'> & { log: { error(about: object, text: string): void } },
  name: LongWork,
  work: (seen: (documents: number) => void) => Promise<unknown>,
  patience = 5_000,
): Promise<boolean> {
  const { change, clock } = services
  const id = settingOf(name)
  const begunAt = clock()
  const mine = await change('settings', id, (current) => {
    if (isUnderWay(current && JSON.parse(current.value), begunAt)) return [current, false]
    return [{ id, value: JSON.stringify({ begunAt, at: begunAt, seen: 0 }) }, true]
  })
  if (!mine) return false
  const said = createSaying(services, id, begunAt)
  const done = work(said.seen).finally(said.over)
  let alone = false
  done.catch((error) => alone && services.log.error({ err: error, work: name }, 'long work failed'))
  const over = await Promise.race([done.then(() => true), after(patience)])
  alone = !over
  return over
}

/** Says how far it has come, now and then, and that it is alive. */
function createSaying({ change, clock }: Pick<Deeds, 'change' | 'clock'>, id: string, begunAt: number) {
  let seen = 0
  let written: Promise<unknown> = Promise.resolve()
  const say = (over?: true) => {
    const value = JSON.stringify({ begunAt, at: clock(), seen, over })
    written = written.then(() => change('settings', id, () => [{ id, value }, undefined])).catch(() => {})
    return written
  }
  const timer = setInterval(say, saysEvery, undefined)
  timer.unref()
  return {
    seen: (documents: number) => {
      seen = documents
    },
    over: () => {
      clearInterval(timer)
      return say(true)
    },
  }
}

const after = (time: number): Promise<false> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), time).unref()
  })
