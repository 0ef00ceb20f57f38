import { type ChainEnd, type ChainFault, keyed } from './chain.ts'

/** What is left of the beginning of a chain when it was removed as old: enough to go on from, and what it was about. */
export interface Pruned extends ChainEnd {
  entries: number
  from: number
  to: number
  /** How often each event was among them. */
  events: { [event: string]: number }
}

export type Sealed = Pruned & { seal: string }

export interface Old {
  at: number
  event: string
  end: ChainEnd
}

/** The summary with further entries, which follow what was removed before. */
export function withPruned(key: Buffer, before: Sealed | undefined, old: readonly Old[]): Sealed {
  const events = { ...before?.events }
  for (const { event } of old) events[event] = (events[event] ?? 0) + 1
  const last = old.at(-1)!
  return sealed(key, {
    ...last.end,
    entries: (before?.entries ?? 0) + old.length,
    from: before?.from ?? old[0]!.at,
    to: last.at,
    events,
  })
}

export function sealed(key: Buffer, summary: Pruned): Sealed {
  return { ...summary, seal: keyed(key, 'pruned', summary) }
}

export function sealFault(key: Buffer, { seal, ...summary }: Sealed): ChainFault | undefined {
  return keyed(key, 'pruned', summary) === seal ? undefined : 'changed'
}
