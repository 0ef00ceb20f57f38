import type { Account, Factor, Recovered } from './account.ts'
import { failed, isAllowed, isExhausted } from './throttle.ts'

export type TotpOutcome = { ok: true } | { ok: false; reason: 'throttled' | 'wrong' | 'replayed' }

/**
 * Takes a code that belongs to `step` of the factor (undefined: to none), inside the store's update: a step is
 * accepted once, failures count whoever makes them, and a hundred in a row disable the factor.
 */
export function acceptTotp(
  account: Account,
  matched: { factor: string; step: number } | undefined,
  now: number,
): [Account, TotpOutcome] {
  const throttle = account.throttles.otp
  if (!isAllowed(throttle, now) || isExhausted(throttle)) return [account, { ok: false, reason: 'throttled' }]
  const factor = account.factors.find((one) => one.id === matched?.factor && one.disabledAt === undefined)
  if (matched === undefined || factor === undefined)
    return [countFailure(account, now), { ok: false, reason: 'wrong' }]
  if (factor.lastStep !== undefined && matched.step <= factor.lastStep) {
    return [countFailure(account, now), { ok: false, reason: 'replayed' }]
  }
  const { otp: _, ...throttles } = account.throttles
  const used = { ...factor, lastStep: matched.step, lastUsedAt: now }
  return [
    { ...account, throttles, factors: account.factors.map((one) => (one === factor ? used : one)) },
    { ok: true },
  ]
}

function countFailure(account: Account, now: number): Account {
  const otp = failed(account.throttles.otp, now)
  const disable = (factor: Factor): Factor => ({ ...factor, disabledAt: factor.disabledAt ?? now })
  const factors = isExhausted(otp) ? account.factors.map(disable) : account.factors
  return { ...account, factors, throttles: { ...account.throttles, otp } }
}

/** Adds a proven factor. What a reset left behind is settled by it. */
export function addTotp(account: Account, factor: Factor, now: number): Account {
  const { recovered: _, ...rest } = account
  const { otp: _otp, ...throttles } = account.throttles
  return { ...rest, throttles, factors: [...account.factors, factor], factorsChangedAt: now }
}

/** Binds a new factor in place of the lost ones: after a one-time pass, which kept them until now. */
export function replaceFactors(account: Account, factor: Factor, now: number): Account {
  return addTotp({ ...account, factors: [] }, factor, now)
}

/** Takes everything away that could be lost or stolen: once a case, however often it is asked. */
export function stripAccount(account: Account, recovered: Recovered, now: number): Account {
  if (account.lastReset === recovered.case || account.stoppedReset === recovered.case) return account
  const { backupCodes: codes, pass: _, ...rest } = account
  // The number of the last set stays, so that a new set never shares it with a sheet that is void.
  const backupCodes = codes && { ...codes, codes: [], confirmedAt: undefined }
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
