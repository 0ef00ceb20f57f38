import type { Protection, Recovered } from './account.ts'
import { defined } from './defined.ts'
import type { Factor, FactorKind } from './factor.ts'
import { type KindOfFactor, kindsOfFactors } from './kinds.ts'
import { methodOfThrottle } from './tries.ts'

/** Setting a factor up. */
export interface EnrolStep {
  step: KindOfFactor['enrolStep']
  canSkip: boolean
}

export function enrolStep(kind: FactorKind, canSkip: boolean): EnrolStep {
  return { step: kindsOfFactors[kind].enrolStep, canSkip }
}

/** The kinds of factors that an installation offers, as far as each organization of the person allows it. */
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

/** Adds a proven factor. What a reset left behind is settled by it, and so are the failures that disabled its kind. */
export function addFactor(account: Protection, factor: Factor, now: number): Protection {
  const { recovered: _, ...rest } = account
  const settled = kindsOfFactors[factor.kind].throttles
  const throttles = Object.fromEntries(
    Object.entries(account.throttles).filter(([key]) => !settled.includes(methodOfThrottle(key))),
  )
  return { ...rest, throttles, factors: [...account.factors, factor], factorsChangedAt: now }
}

/** Binds a new factor in place of the lost ones: after a one-time pass, which kept them until now. */
export function replaceFactors(account: Protection, factor: Factor, now: number): Protection {
  const { primary: _, ...rest } = account
  return addFactor({ ...rest, factors: [] }, factor, now)
}

/** Of a factor and the lost one whose place it takes: both in one write, so that nobody is left with neither. */
export function withoutLost(account: Protection, lost: string | undefined): Protection {
  if (lost === undefined || account.factors.every(({ id }) => id !== lost)) return account
  const { primary, ...rest } = account
  const factors = account.factors.filter(({ id }) => id !== lost)
  return { ...rest, primary: primary === lost ? undefined : primary, factors }
}

/** Takes everything away that could be lost or stolen: once a case, however often it is asked. */
export function stripAccount(account: Protection, recovered: Recovered, now: number): Protection {
  if (account.lastReset === recovered.case || account.stoppedReset === recovered.case) return account
  const { backupCodes: codes, pass: _, primary: _primary, disputed: _disputed, ...rest } = account
  // The number of the last set stays, so that a new set never shares it with a sheet that is void.
  const backupCodes = codes && { ...codes, codes: [], confirmedAt: undefined, provenAt: undefined }
  return defined({
    ...rest,
    backupCodes,
    factors: [],
    throttles: {},
    validAfter: now,
    recovered,
    lastReset: recovered.case,
    factorsChangedAt: now,
  })
}

/** A first factor; one in place of the lost ones, after a one-time pass or on purpose; or one beside the others. */
export type Binding = 'first' | 'replace' | 'add'

/**
 * Binds a factor that was proven by a sign-in that began at `began`. Two browsers may be at the same page: of a first
 * or replaced factor only the one that is proven first counts; undefined says that this wasn't it.
 */
export function bindFactor(
  account: Protection,
  factor: Factor,
  binding: Binding,
  began: number,
  now: number,
): Protection | undefined {
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
  account: Protection,
  id: string,
  required: boolean,
  now: number,
): Protection | undefined {
  const factors = account.factors.filter((factor) => factor.id !== id)
  const gone = account.factors.find((factor) => factor.id === id)
  if (gone === undefined || (required && !leavesOne(factors, gone))) return undefined
  const { primary, ...rest } = account
  const kept = primary !== undefined && primary !== id ? { primary } : {}
  return { ...rest, ...kept, factors, factorsChangedAt: now }
}
