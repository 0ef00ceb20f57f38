import { randomBytes } from 'node:crypto'
import { readCode } from '../../adapters/secrets/totp.ts'
import { sealContext } from '../../effects/notices.ts'
import { backupCodeBytes, writeBackupCode } from '../../rules/backup-codes.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { hashPass } from '../../rules/pass.ts'
import { type PassTerms, passLifetimes } from '../../rules/recovery-case.ts'
import type { Fields } from '../http/form.ts'
import type { Services } from '../services.ts'

const longestReason = 500

/** Fields of the forms on which someone decides: decision, reason, outcome, lifetime (minutes), delivery. */
export type Decided =
  | { decision: 'deny'; reason: string }
  | { decision: 'approve'; reason: string; pass?: PassTerms; shownPass?: string }

/** What is wrong with a decision's form, as a message's key. */
export function decisionFault(fields: Fields, codeNeeded: boolean): MessageKey | undefined {
  const reason = fields.reason?.trim() ?? ''
  if (fields.decision !== 'approve' && fields.decision !== 'deny') return 'decision_missing'
  if (reason === '') return 'reason_missing'
  if (reason.length > longestReason) return 'reason_too_long'
  if (fields.decision === 'deny') return undefined
  if (codeNeeded && readCode(fields.code ?? '') === '') return 'code_missing'
  return fields.outcome === 'pass' && lifetimeOf(fields) === undefined ? 'pass_lifetime' : undefined
}

/** Reads a form that has no fault. A pass is drawn here; what is kept of it is a keyed hash. */
export function readDecision({ ring }: Pick<Services, 'ring'>, id: string, fields: Fields): Decided {
  const reason = fields.reason!.trim()
  if (fields.decision === 'deny') return { decision: 'deny', reason }
  if (fields.outcome !== 'pass') return { decision: 'approve', reason }
  const plain = writeBackupCode(randomBytes(backupCodeBytes))
  const pass = { hash: hashPass(id, plain, ring.hash), lifetime: lifetimeOf(fields)! }
  if (fields.delivery !== 'mail') return { decision: 'approve', reason, pass, shownPass: plain }
  const sealed = ring.seal(plain, sealContext({ id: '', case: id }))
  return { decision: 'approve', reason, pass: { ...pass, sealed } }
}

function lifetimeOf(fields: Fields): number | undefined {
  const lifetime = Number(fields.lifetime) * 60_000
  return lifetime >= passLifetimes.shortest && lifetime <= passLifetimes.longest ? lifetime : undefined
}
