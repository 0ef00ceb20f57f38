import type { Origin } from './attempt.ts'
import type { AuditEvent } from './audit/events.ts'
import { defined } from './defined.ts'

/** What the log says of someone, as far as this page reads it. */
export interface Logged {
  event: string
  at: number
  detail: { [name: string]: string | number | boolean }
  /** How often it happened in a row. */
  times?: number
}

/** One line of "recent activity". */
export interface Activity {
  what: ActivityWord
  /** The last time, where it happened more than once in a row. */
  at: number
  times: number
  /** The app's client id. */
  client?: string
  /** The kind of a factor. */
  factor?: string
  origin?: Origin
}

/** What people are told of, by event of the log; what isn't here says nothing to them. */
const words = {
  'sign_in.succeeded': 'signed_in',
  'sign_in.password_wrong': 'wrong_password',
  'sign_in.code_refused': 'wrong_code',
  'sign_in.passkey_refused': 'wrong_passkey',
  'passkey.cloned': 'passkey_cloned',
  'sign_in.disavowed': 'disavowed',
  'factor.added': 'factor_added',
  'factor.removed': 'factor_removed',
  'factor.renamed': 'factor_renamed',
  'factor.primary': 'primary_changed',
  'backup_code.used': 'backup_code_used',
  'backup_codes.created': 'backup_codes_created',
  'backup_codes.proven': 'backup_codes_proven',
  'password.changed': 'password_changed',
  'password.forgotten': 'password_forgotten',
  'password.reset': 'password_replaced',
  'prompt.refused': 'prompt_refused',
  'pass.used': 'pass_used',
  'address.added': 'address_added',
  'address.removed': 'address_removed',
  'sessions.ended': 'sessions_ended',
  'device.trusted': 'device_trusted',
  'device.forgotten': 'device_forgotten',
  'proofing.enrolled': 'identity_enrolled',
  'proofing.removed': 'identity_removed',
  'account.deactivated': 'deactivated',
  'account.reactivated': 'reactivated',
  'recovery.requested': 'reset_asked',
  'recovery.awaiting_admin': 'reset_asked',
  'recovery.awaiting_identity': 'reset_asked',
  'recovery.awaiting_support': 'reset_asked',
  'recovery.holding': 'reset_asked',
  'recovery.granted': 'reset_approved',
  'recovery.completed': 'reset_done',
  'recovery.denied': 'reset_denied',
  'recovery.cancelled': 'reset_cancelled',
  'recovery.disavowed': 'reset_stopped',
  'recovery.expired': 'reset_expired',
} as const satisfies { readonly [event in AuditEvent]?: string }

/** A key of the locale's `activity` section. */
export type ActivityWord = (typeof words)[keyof typeof words]

export const activityWords: readonly ActivityWord[] = [...new Set(Object.values(words))]

/**
 * The newest of what happened, from entries the newest first. The same thing from the same place over and over is one
 * line, and what was only tried takes a quarter of the lines at most: guesses must not push out of sight what somebody
 * has done.
 */
export function activityOf(entries: readonly Logged[], most: number): Activity[] {
  const lines: Activity[] = []
  for (const entry of entries) {
    const line = lineOf(entry)
    if (line === undefined) continue
    const last = lines.at(-1)
    if (last !== undefined && isSame(last, line)) last.times += line.times
    else if (lines.length >= most) break
    else if (!tries.has(line.what) || tried(lines) < most / 4) lines.push(line)
  }
  return lines
}

const tries: ReadonlySet<ActivityWord> = new Set([
  'wrong_password',
  'wrong_code',
  'wrong_passkey',
  'passkey_cloned',
])

const tried = (lines: readonly Activity[]): number => lines.filter(({ what }) => tries.has(what)).length

const isKnown = (event: string): event is keyof typeof words => Object.hasOwn(words, event)

function lineOf({ event, at, detail, times = 1 }: Logged): Activity | undefined {
  if (!isKnown(event)) return undefined
  const { client, factor, address, browser = '', system = '' } = detail
  return defined({
    what: words[event],
    at,
    times,
    client: typeof client === 'string' ? client : undefined,
    factor: typeof factor === 'string' ? factor : undefined,
    origin:
      typeof address === 'string' ? { address, browser: String(browser), system: String(system) } : undefined,
  })
}

const isSame = (one: Activity, other: Activity): boolean =>
  JSON.stringify({ ...one, at: 0, times: 0 }) === JSON.stringify({ ...other, at: 0, times: 0 })
