import type { Account } from '../rules/account.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import type { Services } from '../services.ts'

export interface Fact {
  key: string
  /** A number is a moment, in milliseconds. */
  value: string | number
}

/** What helps someone to judge whether a request is the person's own. */
export async function approverFacts(
  { store }: Services,
  one: RecoveryCase,
  subject: Account,
): Promise<Fact[]> {
  const membership = await store.memberships.get(`${one.organization}:${subject.id}`)
  const earlier = (await store.cases.find('account', subject.id)).filter((other) => other.id !== one.id)
  const device = [one.origin.browser, one.origin.system].filter(Boolean).join(' · ')
  const facts: [string, string | number | undefined][] = [
    ['device', device || undefined],
    ['address', one.origin.address],
    ['member_since', membership?.since],
    ['last_sign_in', subject.lastSignInAt],
    ['factors_changed', subject.factorsChangedAt],
    ['earlier_cases', earlier.length === 0 ? undefined : earlier.map((other) => other.status).join(', ')],
  ]
  return facts.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]))
}
