import type { Protection } from './account.ts'
import { isSecondFactor } from './assurance.ts'
import type { Origin } from './attempt.ts'
import { defined } from './defined.ts'
import type { Effect } from './effect.ts'
import type { FactorKind } from './factor.ts'
import { kindOfMethod } from './kinds.ts'
import { isAhead } from './lately.ts'
import type { Membership } from './membership.ts'
import type { OrganizationPolicy } from './organization.ts'
import type { Proof } from './proof.ts'
import { mailed, told } from './told.ts'

/** A browser that a person has signed in with. Its cookie is known to the browser alone. */
export interface Browser {
  /** Keyed hash of the cookie and the account: two people at one browser have nothing in common. */
  id: string
  account: string
  createdAt: number
  /** When a sign-in last ended here, and from where. */
  lastSeenAt: number
  origin: Origin
  /** The kind of factor that was last used here. */
  lastUsed?: FactorKind
  /** When the factor was proven that the trust rests on, and how long it was granted for. */
  trustedAt?: number
  trustedUntil?: number
  /** The person was told that there is a new browser. */
  announced?: true
  expiresAt: number
}

const day = 86_400_000
/** How long a browser is known after it was last seen: as long as a browser keeps a cookie. Milliseconds. */
export const browserLifetime = 400 * day
/** Where no organization says something else. */
const defaultTrustDays = 30

/** Its id is the keyed hash of this. */
export function browserName(secret: string, account: string): string {
  return `device|${account}|${secret}`
}

/** Whether what was proven at `at` still counts for trust: every reset and every change of factors ends it. */
export function outlasts(at: number, account: Pick<Protection, 'validAfter' | 'factorsChangedAt'>): boolean {
  return at >= account.validAfter && at >= (account.factorsChangedAt ?? 0)
}

/** Whether a browser stands in for a second factor. The days of today's policy count, if they are fewer than promised. */
export function isTrusted(
  browser: Browser | undefined,
  account: Protection,
  trustDays: number,
  now: number,
): boolean {
  if (browser?.account !== account.id || browser.trustedAt === undefined) return false
  const until = Math.min(browser.trustedUntil ?? 0, browser.trustedAt + trustDays * day)
  return now < until && !isAhead(browser.trustedAt, now) && outlasts(browser.trustedAt, account)
}

/** An organization that someone belongs to, and as what. */
export interface MemberPolicy {
  role: Membership['role']
  policy: OrganizationPolicy
}

/**
 * For how many days someone may have a browser trusted; 0 for not at all. The strictest organization wins. Whoever can
 * reset others' factors is asked for a second factor each time, unless their organizations say otherwise.
 */
export function trustDaysOf(
  { supportAgent, operator }: Pick<Protection, 'supportAgent' | 'operator'>,
  belongings: MemberPolicy[],
): number {
  const agent = supportAgent === true || operator === true
  const refused = ({ role, policy }: MemberPolicy) =>
    (agent || role === 'super_admin') && policy.trustedDevicesForAdmins !== true
  if (belongings.some(refused) || (agent && belongings.length === 0)) return 0
  const days = belongings.map(({ policy }) => policy.trustedDeviceDays ?? defaultTrustDays)
  return days.length === 0 ? defaultTrustDays : Math.max(0, Math.min(...days))
}

/** A sign-in that has just ended. */
export interface Seen {
  /** The browser's. */
  id: string
  account: string
  origin: Origin
  /** What counted when the sign-in ended. */
  proofs: Proof[]
  /** When the factor was proven together with which the person asked for trust. */
  trust?: number
  trustDays: number
}

/** What is known of a browser after a sign-in. */
export function rememberBrowser(current: Browser | undefined, seen: Seen, now: number): Browser {
  const { id, account, origin, trust, trustDays } = seen
  const lastUsed = lastUsedIn(seen.proofs) ?? current?.lastUsed
  const trusts = trust !== undefined && trustDays > 0
  return defined({
    ...(current ?? { id, account, createdAt: now }),
    lastUsed,
    trustedAt: trusts ? trust : current?.trustedAt,
    trustedUntil: trusts ? trust + trustDays * day : current?.trustedUntil,
    lastSeenAt: now,
    origin,
    expiresAt: now + browserLifetime,
  })
}

/** A backup code is no way to begin with the next time: it says nothing of what the person has at hand. */
function lastUsedIn(proofs: Proof[]): FactorKind | undefined {
  const last = proofs.filter(isSecondFactor).sort((a, b) => b.at - a.at)[0]
  return last && kindOfMethod(last.method)
}

/** What a sign-in promises with which a browser is trusted. */
export function trustedEntry({ id, account, trustedAt = 0, trustedUntil = 0, origin }: Browser): Effect[] {
  return told(
    { subject: account, actor: account, origin },
    { id: `trust:${id}:${trustedAt}`, event: 'device.trusted', detail: { until: trustedUntil } },
  )
}

/** What a sign-in from a new browser promises. The id is the browser's: a repeat after a crash says it once. */
export function newBrowserNotice(browser: Browser, app: string): Effect {
  const { id, account, createdAt, origin } = browser
  const data = { at: createdAt, app, ...origin }
  return mailed('new_device', account, { id: `device:${id}:${createdAt}`, data })
}

/** The browser that such a notice was about. */
export function browserIn(notice: string): string | undefined {
  const [kind, id] = notice.split(':')
  return kind === 'device' ? id : undefined
}
