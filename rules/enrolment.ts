import type { Account, Factor, FactorKind, Recovered } from './account.ts'

/** Setting a factor up: an authenticator app, or one of the other kinds. */
export interface EnrolStep {
  step: 'enrol_totp' | 'enrol_passkey' | 'enrol_phone' | 'enrol_push'
  canSkip: boolean
}

const pages: { [kind in FactorKind]: EnrolStep['step'] } = {
  totp: 'enrol_totp',
  passkey: 'enrol_passkey',
  sms: 'enrol_phone',
  voice: 'enrol_phone',
  push: 'enrol_push',
}

export function enrolStep(kind: FactorKind, canSkip: boolean): EnrolStep {
  return { step: pages[kind], canSkip }
}

/** The kinds of factors that can be set up, the one to start with first. A number is a number: there is one entry for it. */
export const enrolKinds: readonly FactorKind[] = ['totp', 'passkey', 'push', 'sms']

/** What an installation offers of them, as far as each organization of the person allows it. */
export function allowedKinds(
  offered: readonly FactorKind[],
  policies: { methods?: FactorKind[] }[],
): FactorKind[] {
  const allowed = offered.filter((kind) =>
    policies.every(({ methods }) => methods === undefined || methods.includes(kind)),
  )
  // Organizations that allow nothing in common must not leave a member without any way to a second factor.
  return allowed.length > 0 ? allowed : ['totp']
}

/** What failures count under, by the way a factor is proven: our authenticator's codes are TOTP like any. */
const throttlesOf: { [kind in FactorKind]: string[] } = {
  totp: ['otp'],
  passkey: ['passkey'],
  sms: ['phone'],
  voice: ['phone'],
  push: ['otp', 'push', 'prompts'],
}

/** Adds a proven factor. What a reset left behind is settled by it, and so are the failures that disabled its kind. */
export function addFactor(account: Account, factor: Factor, now: number): Account {
  const { recovered: _, ...rest } = account
  const settled = throttlesOf[factor.kind]
  const throttles = Object.fromEntries(
    Object.entries(account.throttles).filter(([method]) => !settled.includes(method)),
  )
  return { ...rest, throttles, factors: [...account.factors, factor], factorsChangedAt: now }
}

/** Binds a new factor in place of the lost ones: after a one-time pass, which kept them until now. */
export function replaceFactors(account: Account, factor: Factor, now: number): Account {
  const { primary: _, ...rest } = account
  return addFactor({ ...rest, factors: [] }, factor, now)
}

/** Takes everything away that could be lost or stolen: once a case, however often it is asked. */
export function stripAccount(account: Account, recovered: Recovered, now: number): Account {
  if (account.lastReset === recovered.case || account.stoppedReset === recovered.case) return account
  const { backupCodes: codes, pass: _, primary: _primary, ...rest } = account
  // The number of the last set stays, so that a new set never shares it with a sheet that is void.
  const backupCodes = codes && { ...codes, codes: [], confirmedAt: undefined, provenAt: undefined }
  return {
    ...rest,
    ...(backupCodes ? { backupCodes } : {}),
    factors: [],
    throttles: {},
    validAfter: now,
    recovered,
    lastReset: recovered.case,
    factorsChangedAt: now,
  }
}

/** A first factor; one in place of the lost ones, after a one-time pass or on purpose; or one beside the others. */
export type Binding = 'first' | 'replace' | 'add'

/**
 * Binds a factor that was proven by a sign-in that began at `began`. Two browsers may be at the same page: of a first
 * or replaced factor only the one that is proven first counts; undefined says that this wasn't it.
 */
export function bindFactor(
  account: Account,
  factor: Factor,
  binding: Binding,
  began: number,
  now: number,
): Account | undefined {
  if (account.factors.some((one) => one.id === factor.id)) return undefined
  if (binding === 'add') return addFactor(account, factor, now)
  const newer = account.factors.some((one) => binding === 'first' || one.createdAt >= began)
  return newer ? undefined : replaceFactors(account, factor, now)
}

const works = ({ disabledAt }: Factor): boolean => disabledAt === undefined

const leavesOne = (left: Factor[], gone: Factor): boolean =>
  left.some(works) || (left.length > 0 && !works(gone))

/**
 * Takes a factor away. Returns undefined when it is the last one of someone who must have one: also the last one that
 * works, as those that guessing has disabled sign nobody in.
 */
export function removeFactor(
  account: Account,
  id: string,
  required: boolean,
  now: number,
): Account | undefined {
  const factors = account.factors.filter((factor) => factor.id !== id)
  const gone = account.factors.find((factor) => factor.id === id)
  if (gone === undefined || (required && !leavesOne(factors, gone))) return undefined
  const { primary, ...rest } = account
  const kept = primary !== undefined && primary !== id ? { primary } : {}
  return { ...rest, ...kept, factors, factorsChangedAt: now }
}
