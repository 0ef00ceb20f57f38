import type { Fact } from '../rules/audit/chain.ts'
import { isToCome } from '../rules/lately.ts'
import { networkOf } from '../rules/network.ts'

/** Refusals of one kind in a row, after the first, which is written at once. */
interface Row {
  fact: Fact
  until: number
  more: number
}

/** How long refusals are counted before an entry says how many there were. Milliseconds. */
const window = 60_000
/** Rows at the same time; what comes on top of them is written one by one. */
const most = 20_000

export type Counted = Fact & { times?: number }

export interface Rows {
  /** What is to be written because of a refusal: nothing where it is only counted. */
  next(fact: Fact, now: number): Counted | undefined
  /** What was counted for someone for whom something else happens now. */
  ended(subject: string | undefined): Counted[]
  /** What was counted in rows whose time is over. */
  over(now: number): Counted[]
}

/**
 * Whoever guesses a thousand times writes two entries. The count is kept in memory for a minute: a process that is
 * killed loses it, and never what guards an account, which counts in the account itself.
 */
export function createRows(): Rows {
  const subjects = new Map<string, Map<string, Row>>()
  let count = 0
  const take = (subject: string, which: (row: Row) => boolean): Counted[] => {
    const rows = subjects.get(subject) ?? new Map<string, Row>()
    const taken = [...rows].filter(([, row]) => which(row))
    for (const [kind] of taken) rows.delete(kind)
    count -= taken.length
    if (rows.size === 0) subjects.delete(subject)
    return taken.flatMap(([, { fact, more }]) => (more === 0 ? [] : [counted(fact, more)]))
  }
  return {
    next: (fact, now) => {
      const [subject, kind] = [fact.subject ?? '', kindOf(fact)]
      const row = subjects.get(subject)?.get(kind)
      if (row !== undefined && isToCome(row.until, window, now)) {
        row.more += 1
        row.fact = fact
        return undefined
      }
      if (row === undefined && count >= most) return fact
      const rows = subjects.get(subject) ?? new Map<string, Row>()
      subjects.set(subject, rows.set(kind, { fact, until: now + window, more: 0 }))
      if (row === undefined) count += 1
      return counted(fact, (row?.more ?? 0) + 1)
    },
    ended: (subject) => (subject === undefined ? [] : take(subject, () => true)),
    over: (now) =>
      [...subjects.keys()].flatMap((subject) => take(subject, ({ until }) => !isToCome(until, window, now))),
  }
}

const counted = (fact: Fact, times: number): Counted => (times === 1 ? fact : { ...fact, times })

/** By network, not by what a browser calls itself: that is free to say anything. */
function kindOf({ event, case: about, detail = {} }: Fact): string {
  const { address, method, reason, client } = detail
  const network = typeof address === 'string' ? networkOf(address) : ''
  return JSON.stringify([event, about, method, reason, client, network])
}
