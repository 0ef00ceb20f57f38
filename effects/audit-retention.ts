import type { AuditKeys } from '../adapters/secrets/audit-keys.ts'
import type { AuditChain, AuditCheckpoint } from '../adapters/store/documents.ts'
import type { Store } from '../adapters/store/store.ts'
import { rootOf } from '../rules/audit/merkle.ts'
import { type Old, withPruned } from '../rules/audit/pruned.ts'
import { beginningOf, every, placeOf, recordOf } from './audit-chains.ts'

const atOnce = 200

/** Days: an investigation needs a month at least. */
export const retentionLimits = [30, 3650] as const

/** For how many days entries are kept: what an operator has set, or else what the settings say. */
export async function auditRetention({ settings }: Pick<Store, 'settings'>, days: number): Promise<number> {
  const found = await settings.get('audit-retention')
  return found === undefined ? days : Number(found.value)
}

/** Checkpoints are pruned as a chain is: what is kept of them goes on from the last that was removed. */
export const checkpointChain = 'checkpoints'

/**
 * Removes what is older than `before`, from the beginning of each chain. First a keyed summary of it is stored, then the
 * entries go: a process that dies in between leaves entries that the summary already covers, for the next time.
 */
export async function pruneAudit(store: Store, keys: AuditKeys, before: number): Promise<number> {
  let removed = 0
  for await (const { id } of every(store.auditChains, 'all', 'all'))
    if (id !== checkpointChain) removed += await pruneChain(store, keys, id, before)
  if (removed > 0) await pruneCheckpoints(store, keys, before)
  return removed
}

async function pruneChain(store: Store, { mac }: AuditKeys, chain: string, before: number): Promise<number> {
  let removed = 0
  for (;;) {
    const found = await beginningOf(store, chain, atOnce)
    const kept = found.findIndex(({ at }) => at >= before)
    const old = kept < 0 ? found : found.slice(0, kept)
    if (old.length === 0) return removed
    const told = old.map((entry) => ({ at: entry.at, event: entry.event, end: placeOf(entry) }))
    await summarize(store, mac, chain, told)
    for (const { id } of old) await store.audit.remove(id)
    removed += old.length
  }
}

function summarize({ auditChains }: Store, key: Buffer, chain: string, old: Old[]): Promise<void> {
  return auditChains.update(chain, (current) => {
    const record: AuditChain = recordOf(chain, current, old[0]!.at)
    const next = old.filter(({ end }) => end.place > (record.pruned?.place ?? 0))
    return [
      next.length === 0 ? current : { ...record, pruned: withPruned(key, record.pruned, next) },
      undefined,
    ]
  })
}

/** The last checkpoint stays, whatever its age: what comes next grows from it. */
async function pruneCheckpoints(store: Store, { mac }: AuditKeys, before: number): Promise<void> {
  for (;;) {
    const found = await store.auditCheckpoints.find('all', 'all', { limit: atOnce })
    const kept = found.findIndex(({ at }, index) => at >= before || index === found.length - 1)
    const old = found.slice(0, Math.max(0, kept))
    if (old.length === 0) return
    await summarize(store, mac, checkpointChain, old.map(asOld))
    for (const { id } of old) await store.auditCheckpoints.remove(id)
  }
}

const asOld = ({ at, number, tree }: AuditCheckpoint): Old => ({
  at,
  event: 'checkpoint',
  end: { chain: checkpointChain, place: number, mac: `${tree.size} ${rootOf(tree)}` },
})
