import type { AuditChain } from '../adapters/store/documents.ts'
import type { Collection } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import type { AuditEntry, ChainEnd } from '../rules/audit/chain.ts'
import { beforeChains, type FirstEntry, firstChain, firstEnd, isFirst } from '../rules/audit/first-chain.ts'

/** Entries of the first chain come before all others in the log's order, so they are found by it. */
const afterFirst = { id: '', sequence: beforeChains } as AuditEntry

type Log = Pick<Store, 'audit'>

/** Where a chain ends now, if anything is there. */
export async function endOfChain({ audit }: Log, chain: string): Promise<ChainEnd | undefined> {
  const page = { limit: 1, backwards: true } as const
  if (chain === firstChain) {
    const [last] = await audit.find('log', 'all', { ...page, after: afterFirst })
    return last && firstEnd(last as unknown as FirstEntry)
  }
  const [last] = await audit.find('chain', chain, page)
  return last && { chain, place: last.place, mac: last.mac }
}

/** What is oldest in a chain, in order. */
export async function beginningOf({ audit }: Log, chain: string, limit: number): Promise<AuditEntry[]> {
  if (chain !== firstChain) return audit.find('chain', chain, { limit })
  return (await audit.find('log', 'all', { limit })).filter(isFirst as (entry: AuditEntry) => boolean)
}

/** Where an entry of any chain stands. */
export function placeOf(entry: AuditEntry): ChainEnd {
  if (isFirst(entry)) return firstEnd(entry)
  return { chain: entry.chain, place: entry.place, mac: entry.mac }
}

/** The record of a chain; the first one gets its own when there is something to keep of it. */
export function recordOf(chain: string, current: AuditChain | undefined, now: number): AuditChain {
  return current ?? { id: chain, startedAt: now, listed: 'all' }
}

/** Every document of a collection in an index's order, page by page. */
export async function* every<T extends { id: string }>(
  collection: Pick<Collection<T>, 'find'>,
  index: string,
  value: string,
): AsyncGenerator<T> {
  const more = (after?: T) => collection.find(index as never, value, { limit: 500, after })
  for (let page = await more(); page.length > 0; page = await more(page.at(-1)!)) yield* page
}
