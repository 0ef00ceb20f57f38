import type { AuditKeys } from '../adapters/secrets/audit-keys.ts'
import type { AuditChain, AuditCheckpoint } from '../adapters/store/documents.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import { type ChainEnd, sortedJson } from '../rules/audit/chain.ts'
import { firstChain, firstClosed } from '../rules/audit/first-chain.ts'
import { emptyTree, withLeaf } from '../rules/audit/merkle.ts'
import { signedCheckpoint } from '../rules/audit/note.ts'
import { type Audit, chainLifetime } from './audit.ts'
import { endOfChain, every, recordOf } from './audit-chains.ts'

/** What a leaf of the tree says: how far a chain had come. */
export const leafOf = ({ chain, place, mac }: ChainEnd): string => sortedJson({ chain, place, mac })

export const checkpointId = (number: number): string => String(number).padStart(12, '0')

export async function lastCheckpoint({ auditCheckpoints }: Store): Promise<AuditCheckpoint | undefined> {
  const [last] = await auditCheckpoints.find('all', 'all', { limit: 1, backwards: true })
  return last
}

/**
 * Signs how far all chains have come since the checkpoint before. Nothing where nothing has, or where another process
 * was first. What leaves the system is the note: a log that doesn't go on from it was cut or rewritten.
 */
export async function makeCheckpoint(
  store: Store,
  keys: AuditKeys,
  now: number,
): Promise<AuditCheckpoint | undefined> {
  const last = await lastCheckpoint(store)
  const leaves = await newEnds(store)
  if (leaves.length === 0) return undefined
  const tree = leaves.reduce((grown, leaf) => withLeaf(grown, leafOf(leaf)), last?.tree ?? emptyTree)
  const number = (last?.number ?? 0) + 1
  const note = signedCheckpoint(keys.signer, tree)
  const made = { id: checkpointId(number), number, at: now, leaves, tree, note, listed: 'all' } as const
  try {
    await store.auditCheckpoints.insert(made)
  } catch (error) {
    if (error instanceof Conflict) return undefined
    throw error
  }
  // A process that dies before this only has the same ends signed again.
  for (const leaf of leaves) await noteCheckpointed(store, leaf, now)
  return made
}

async function newEnds(store: Store): Promise<ChainEnd[]> {
  const ends: ChainEnd[] = []
  const add = async (record: AuditChain) => {
    const end = await endOfChain(store, record.id)
    if (end !== undefined && end.place > (record.checkpointed ?? 0)) ends.push(end)
  }
  const first = await store.auditChains.get(firstChain)
  if (first?.closed === undefined) await add(recordOf(firstChain, first, 0))
  for await (const record of every(store.auditChains, 'open', 'yes')) await add(record)
  return ends
}

function noteCheckpointed({ auditChains }: Store, { chain, place }: ChainEnd, now: number): Promise<void> {
  return auditChains.update(chain, (current) => {
    const record = recordOf(chain, current, now)
    return [(record.checkpointed ?? 0) >= place ? current : { ...record, checkpointed: place }, undefined]
  })
}

/**
 * What an older release wrote can be added to by whoever owns the store, until this says where it ended: a day after it
 * was first seen, when no process of that release runs any more.
 */
export async function closeFirstChain(store: Store, audit: Audit, now: number): Promise<void> {
  const first = await store.auditChains.get(firstChain)
  if (first === undefined || first.closed !== undefined || first.startedAt + chainLifetime > now) return
  const end = await endOfChain(store, firstChain)
  if (end === undefined) return
  const detail = { place: end.place, hash: end.mac }
  await audit.append({ event: firstClosed, detail, cause: firstClosed })
  await store.auditChains.update(firstChain, (current) => [
    current && { ...current, closed: 'yes' },
    undefined,
  ])
}

/** Chains that no process writes to any more need no look for new entries. */
export async function closeChains(store: Store, now: number): Promise<void> {
  for await (const { id, startedAt, checkpointed = 0 } of every(store.auditChains, 'open', 'yes')) {
    if (startedAt + 2 * chainLifetime > now) return
    if (((await endOfChain(store, id))?.place ?? 0) > checkpointed) continue
    await store.auditChains.update(id, (current) => [current && { ...current, open: undefined }, undefined])
  }
}
