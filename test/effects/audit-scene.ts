import { randomBytes } from 'node:crypto'
import { type AuditKeys, auditKeys } from '../../adapters/secrets/audit-keys.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Store } from '../../adapters/store/store.ts'
import { type Audit, createAudit } from '../../effects/audit.ts'
import { makeCheckpoint } from '../../effects/audit-checkpoints.ts'
import { verifyAudit } from '../../effects/audit-verify.ts'
import type { AuditEntry, Fact } from '../../rules/audit/chain.ts'
import { times } from '../conformance/subject.ts'

export const ring = createKeyRing([{ id: 'test', key: randomBytes(32).toString('base64url') }])

/** A log in a store of its own, with as many processes as a test opens. */
export interface Log {
  store: Store
  keys: AuditKeys
  now: number
  /** The log as one more process writes it. */
  open(over?: Store): Audit
  write(count: number, audit?: Audit): Promise<void>
  entries(): Promise<AuditEntry[]>
  change(entry: AuditEntry, changed: (entry: AuditEntry) => AuditEntry): Promise<void>
  checkpoint(): Promise<string>
  verify(given?: string[]): ReturnType<typeof verifyAudit>
  empty(): Promise<void>
}

export async function openLog(store: Store): Promise<Log> {
  const log: Log = {
    store,
    keys: await auditKeys(store, ring, 'https://id.example'),
    now: Date.now(),
    open: (over = store) => createAudit({ store: over, clock: () => log.now, keys: log.keys }),
    write: async (count, audit = log.open()) => {
      for (const index of times(count, (i) => i)) await audit.append(fact(index + 1))
    },
    entries: () => store.audit.find('log', 'all', { limit: 500 }),
    change: (entry, changed) => store.audit.update(entry.id, (one) => [changed(one!), undefined]),
    checkpoint: async () => (await makeCheckpoint(store, log.keys, log.now))!.note,
    verify: (given = []) => verifyAudit(store, log.keys, given),
    empty: async () => {
      await store.audit.removeBy('log', 'all')
      await store.auditChains.removeBy('all', 'all')
      await store.auditCheckpoints.removeBy('all', 'all')
      log.now = Date.now()
    },
  }
  return log
}

export const fact = (index: number): Fact => ({
  event: 'recovery.granted',
  actor: 'bob',
  subject: 'ada',
  case: 'case',
  detail: { index, route: 'admin' },
})

export const indexes = (entries: AuditEntry[]): number[] =>
  entries.map(({ detail }) => Number(detail['index']))
