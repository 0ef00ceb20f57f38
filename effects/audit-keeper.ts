import type { AuditKeys } from '../adapters/secrets/audit-keys.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Audit } from './audit.ts'
import { closeChains, closeFirstChain, lastCheckpoint, makeCheckpoint } from './audit-checkpoints.ts'
import { auditRetention, pruneAudit } from './audit-retention.ts'

export interface AuditKeeperOptions {
  store: Store
  audit: Audit
  clock: () => number
  keys: AuditKeys
  /** How often checkpoints are made while something happens. */
  everySeconds: number
  keepDays: number
  /** Takes a checkpoint out of the system. */
  leave(note: string): Promise<void>
}

export interface AuditKeeper {
  /** Does what is due: counts that wait, a checkpoint, and once an hour what is old. */
  tend(): Promise<void>
  /** Signs what there is so far, whenever the last time was. */
  checkpoint(): Promise<string | undefined>
  /** Writes and signs what there is, at the end of the process. */
  stop(): Promise<void>
}

const day = 86_400_000
const tidyEvery = 3_600_000

export function createAuditKeeper(options: AuditKeeperOptions): AuditKeeper {
  const { store, audit, clock, keys, everySeconds, keepDays, leave } = options
  let tidied = 0
  const checkpoint = async () => {
    const made = await makeCheckpoint(store, keys, clock())
    if (made !== undefined) await leave(made.note)
    return made?.note
  }
  const tidy = async (now: number) => {
    tidied = now
    await closeFirstChain(store, audit, now)
    await closeChains(store, now)
    const days = await auditRetention(store, keepDays)
    const entries = await pruneAudit(store, keys, now - days * day)
    if (entries > 0) await audit.append({ event: 'audit.pruned', detail: { entries, days } })
  }
  return {
    checkpoint,
    stop: async () => {
      await audit.flush('all')
      await checkpoint()
    },
    tend: async () => {
      const now = clock()
      await audit.flush()
      if (now - tidied >= tidyEvery || now < tidied) await tidy(now)
      const last = await lastCheckpoint(store)
      // A clock that was ahead and was put right must not hold checkpoints up.
      if (last === undefined || now - last.at >= everySeconds * 1000 || last.at > now) await checkpoint()
    },
  }
}
