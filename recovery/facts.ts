import type { Account } from '../rules/account.ts'
import type { Origin } from '../rules/attempt.ts'
import { isLately } from '../rules/lately.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import type { Settings } from '../rules/settings.ts'
import type { RecoveryServices } from './services.ts'

export interface CaseFact {
  key: string
  /** A number is a moment, in milliseconds. */
  value: string | number
}

/** Someone who has just lost or changed a factor may be someone else: they can't decide for a day. Milliseconds. */
const settleTime = 86_400_000

/**
 * On the first day of an installation a first factor is as old as it can be, and the first recovery doesn't wait for the
 * next; one that came after a reset does.
 */
export function changedRecently(
  { factorsChangedAt, lastReset }: Account,
  now: number,
  { installedAt }: Pick<Settings, 'installedAt'>,
): boolean {
  const allNew = installedAt !== undefined && isLately(installedAt, settleTime, now)
  if (factorsChangedAt === undefined || (allNew && lastReset === undefined)) return false
  return isLately(factorsChangedAt, settleTime, now)
}

/** What helps someone to judge whether a request is the person's own. */
export async function approverFacts(
  { store, accounts }: Pick<RecoveryServices, 'store' | 'accounts'>,
  one: RecoveryCase,
  subject: Account,
): Promise<CaseFact[]> {
  const membership = one.organization && (await store.memberships.get(`${one.organization}:${subject.id}`))
  const earlier = (await store.cases.find('account', subject.id)).filter((other) => other.id !== one.id)
  const browser = [one.origin.browser, one.origin.system].filter(Boolean).join(' · ')
  const beginner = one.begun && ((await accounts.get(one.begun.by))?.name ?? one.begun.by)
  const facts: [string, string | number | undefined][] = [
    ['begun_by', beginner],
    ['begun_reason', one.begun?.reason],
    ['device', browser || undefined],
    ['address', one.origin.address],
    ['verified', one.verification?.at],
    ['verification', one.verification?.reference],
    ['name_only', one.verification?.nameOnly ? 'name_only' : undefined],
    ['namesakes', one.verification?.ambiguous ? 'namesakes' : undefined],
    ['usual_device', usual(subject, one, 'browser', 'system')],
    ['usual_network', usual(subject, one, 'address')],
    ['member_since', membership ? membership.since : undefined],
    ['last_sign_in', subject.lastSignInAt],
    ['factors_changed', subject.factorsChangedAt],
    ['earlier_cases', earlier.length === 0 ? undefined : earlier.map((other) => other.status).join(', ')],
  ]
  return facts.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]))
}

/** Whether the request comes from where the person's last sign-ins came from. */
function usual(subject: Account, one: RecoveryCase, ...parts: (keyof Origin)[]): 'yes' | 'no' | undefined {
  // Where a super admin asked, the place is theirs.
  if (subject.signIns === undefined || one.begun !== undefined) return undefined
  const same = (trace: Origin) => parts.every((part) => trace[part] === one.origin[part])
  return subject.signIns.some(same) ? 'yes' : 'no'
}
