import type { Logger } from 'pino'
import { auditKeys } from '../adapters/secrets/audit-keys.ts'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { Store } from '../adapters/store/store.ts'
import type { AuditSettings } from '../rules/settings.ts'
import { type Audit, createAudit } from './audit.ts'
import { type AuditKeeper, createAuditKeeper } from './audit-keeper.ts'
import { leaveBy } from './audit-sinks.ts'
import { type VerifiedLog, verifyAudit } from './audit-verify.ts'

export interface AuditServices {
  config: { issuer: string; audit: AuditSettings }
  store: Store
  clock: () => number
  ring: KeyRing
  log: Pick<Logger, 'info' | 'warn'>
  fetch: typeof fetch
}

/** Reads the whole log and holds it against its checkpoints, and against those that are given. */
export async function verifyLog(
  { store, ring, config }: Pick<AuditServices, 'store' | 'ring'> & { config: { issuer: string } },
  given?: readonly string[],
): Promise<VerifiedLog> {
  return verifyAudit(store, await auditKeys(store, ring, config.issuer), given)
}

/** The log, and who looks after it. */
export async function openAudit(services: AuditServices): Promise<Audit & { keeper: AuditKeeper }> {
  const { config, store, clock, ring, log, fetch } = services
  const keys = await auditKeys(store, ring, config.issuer)
  const audit = createAudit({ store, clock, keys })
  const { keepDays, checkpoints } = config.audit
  const { everySeconds, ...sinks } = checkpoints
  const leave = leaveBy({ log, fetch }, sinks)
  return { ...audit, keeper: createAuditKeeper({ store, audit, clock, keys, everySeconds, keepDays, leave }) }
}
