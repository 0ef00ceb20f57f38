import { createHash } from 'node:crypto'
import { type ChainEnd, type ChainFault, sortedJson } from './chain.ts'
import type { AuditEvent } from './events.ts'

/** The log as releases before chains of their own wrote it: one sequence, hashed without a key. It is read, never written. */
export interface FirstEntry {
  id: string
  sequence: number
  at: number
  previous: string
  hash: string
}

/** What that chain is called among the others. */
export const firstChain = 'first'

/** The event that says where it ended. */
export const firstClosed = 'audit.first_chain_closed' satisfies AuditEvent

/** Its sequences stay below, those of the chains after it above. */
export const beforeChains = 1e13

export const isFirst = (entry: object): entry is FirstEntry => !('chain' in entry)

export function firstFault(end: ChainEnd, entry: FirstEntry): ChainFault | undefined {
  if (entry.sequence !== end.place + 1) return 'missing'
  const { hash, ...said } = entry
  if (createHash('sha256').update(sortedJson(said)).digest('base64url') !== hash) return 'changed'
  return entry.previous === end.mac ? undefined : 'unchained'
}

export const firstEnd = (entry: FirstEntry): ChainEnd => ({
  chain: firstChain,
  place: entry.sequence,
  mac: entry.hash,
})
