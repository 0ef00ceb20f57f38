import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import type { Account } from '../../rules/account.ts'
import { type Attempt, freshAttempt, type Origin } from '../../rules/attempt.ts'
import type { Factor, FactorKind, TotpFactor } from '../../rules/factor.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import { deadlines, type RecoveryCase, timed } from '../../rules/recovery-case.ts'

export const minute = 60_000
export const hour = 3_600_000
export const day = 24 * hour

/** A moment of the examples, and any moment of the properties: milliseconds since 1970. */
export const noon = Date.UTC(2026, 4, 4, 12)
export const moment = fc.integer({ min: noon - 100 * day, max: noon + 100 * day })

/** A keyed hash like the key ring's. */
export const mac = (text: string): string => createHmac('sha256', 'a key').update(text).digest('base64url')

/** Ada has a password and nothing else. */
export function account(fields: Partial<Account> = {}): Account {
  return {
    id: 'ada',
    login: 'ada@example.com',
    email: 'ada@example.com',
    name: 'Ada',
    status: 'active',
    passwordVersion: 'a password',
    mail: ['ada@example.com'],
    addresses: [{ address: 'ada@example.com' }],
    noticeAddresses: [],
    factors: [],
    throttles: {},
    validAfter: noon - 100 * day,
    checkUp: { at: noon },
    effects: [],
    ...fields,
  }
}

/** Ada as Rekey itself keeps her. */
export function person(fields: Partial<OwnPerson> = {}): OwnPerson {
  return {
    id: 'ada',
    login: 'ada@example.com',
    mail: ['ada@example.com'],
    name: 'Ada',
    status: 'active',
    createdAt: noon - 100 * day,
    passwordHash: '$argon2id$…',
    effects: [],
    ...fields,
  }
}

export function totp(fields: Partial<TotpFactor> = {}): TotpFactor {
  return { id: 'phone', kind: 'totp', name: '', secret: 'sealed', createdAt: noon - 100 * day, ...fields }
}

export function times<R>(count: number, make: (index: number) => R): R[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** A sign-in of Ada's that has just begun. */
export function attempt(fields: Partial<Attempt> = {}): Attempt {
  const start = {
    id: 'attempt',
    form: 'form',
    ask: { client: 'app', app: 'App' },
    origin,
    locale: 'en' as const,
  }
  return { ...freshAttempt(start, noon), ...fields }
}

const origin: Origin = { address: '192.0.2.1', browser: 'Firefox', system: 'Windows' }

/** The digest of the code that Ada was mailed. */
export const rightCode = 'hash of the right code'

/** Ada asks the super admins Bob, Cleo and Dan. */
export function recoveryCase(fields: Partial<RecoveryCase> = {}): RecoveryCase {
  return timed({
    id: 'case',
    account: 'ada',
    status: 'awaiting_admin',
    route: 'admin',
    offers: ['admin', 'identity', 'support'],
    organization: 'hanami',
    terms: { approvalsNeeded: 1, holdAfterApproval: 0, supportHold: 72 * hour, afterReset: 'password' },
    approvers: ['bob', 'cleo', 'dan'],
    approvals: [],
    code: { hash: rightCode, failures: 0 },
    origin,
    app: 'App',
    attempt: 'attempt',
    openedAt: noon,
    expiresOn: noon + deadlines.admin,
    history: [{ at: noon, status: 'awaiting_admin', by: 'ada' }],
    effects: [],
    ...fields,
  })
}

/** A second factor of each kind, `${kind}-factor`. */
export function factor(kind: FactorKind): Factor {
  const bound = { id: `${kind}-factor`, name: '', createdAt: noon - 100 * day }
  if (kind === 'totp') return { ...bound, kind, secret: 'sealed' }
  if (kind === 'push') return { ...bound, kind, secret: 'sealed', publicKey: '{}' }
  if (kind !== 'passkey') return { ...bound, kind, number: '+81312345678' }
  return {
    ...bound,
    kind,
    credential: 'credential',
    user: 'handle',
    publicKey: 'key',
    counter: 0,
    transports: ['internal'],
    synced: true,
    backedUp: true,
    aaguid: '00000000-0000-0000-0000-000000000000',
  }
}
