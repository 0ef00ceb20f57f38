import { randomUUID } from 'node:crypto'
import type { Done } from '../../account/use-cases.ts'
import { lastCheckpoint } from '../../effects/audit-checkpoints.ts'
import { auditRetention, retentionLimits } from '../../effects/audit-retention.ts'
import type { AuditFault } from '../../effects/audit-verify.ts'
import { verifyLog } from '../../effects/open-audit.ts'
import { withEffects } from '../../rules/effect.ts'
import { told } from '../../rules/told.ts'
import { type By, type Deeds, promise } from './deeds.ts'

const verifiedSetting = 'audit-verified'

/** What is known of the log's chains. */
export interface ChainState {
  /** When the end of the log was last signed. */
  signedAt?: number | undefined
  checkpoints: number
  /** The last time that all of it was read and held against its chains. */
  verified?: { at: number; entries: number; fault?: AuditFault | undefined } | undefined
  keepDays: number
}

export async function chainState({ store, config }: Pick<Deeds, 'store' | 'config'>): Promise<ChainState> {
  const [last, found] = await Promise.all([lastCheckpoint(store), store.settings.get(verifiedSetting)])
  return {
    signedAt: last?.at,
    checkpoints: last?.number ?? 0,
    verified: found && JSON.parse(found.value),
    keepDays: await auditRetention(store, config.audit.keepDays),
  }
}

/** Reads the whole log, and keeps what was found, so that everybody who looks at the log sees it. */
export async function verifyNow(services: Deeds): Promise<NonNullable<ChainState['verified']>> {
  const at = services.clock()
  const { entries, fault } = await verifyLog(services)
  const verified = { at, entries, fault }
  const value = JSON.stringify(verified)
  await services.change('settings', verifiedSetting, () => [{ id: verifiedSetting, value }, undefined])
  return verified
}

/** How long entries are kept, in days. */
export async function setRetention(services: Deeds, by: By, days: number): Promise<Done<'days'>> {
  const [least, most] = retentionLimits
  if (!Number.isInteger(days) || days < least || days > most) return { ok: false, reason: 'days' }
  await promise(services, by, 'setting.changed', { setting: 'audit-retention', days }, () => ({
    kind: 'keep_setting',
    setting: 'audit-retention',
    value: String(days),
  }))
  return { ok: true }
}

/** Whoever takes the log out of here stands in it. */
export function noteExport(
  { change }: Pick<Deeds, 'change'>,
  account: string,
  format: 'csv' | 'jsonl',
  organization = '',
): Promise<void> {
  const detail = { format, organization }
  const effects = told({ actor: account }, { id: `export:${randomUUID()}`, event: 'audit.exported', detail })
  return change('protections', account, (current) => [current && withEffects(current, effects), undefined])
}
