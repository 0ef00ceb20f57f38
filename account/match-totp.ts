import { totpPeriod, totpStep } from '../adapters/secrets/totp.ts'
import type { AccountServices } from './services.ts'

/** How many spans of three steps are looked back: six minutes and a half. */
const spansBack = 4

/**
 * Whether a code was right a few minutes ago: the phone's clock is slow. Such a code is good for nothing any more, so that
 * this can be said; of one that is still to come nothing is, as a guess would be told to be right later.
 */
export function wasRight(
  { ring, authenticatorTimes }: AccountServices,
  factors: { id: string; secret: string }[],
  code: string,
): boolean {
  const spans = Array.from({ length: spansBack }, (_, index) => (index + 1) * 3 * totpPeriod)
  return factors.some(({ id, secret }) => {
    const opened = ring.open(secret, id)
    return authenticatorTimes().some((time) =>
      spans.some((back) => totpStep(opened, code, time - back) !== undefined),
    )
  })
}

/**
 * The factor whose present code this is, and the time step it belongs to. Steps are counted on the provider's clock,
 * also where an authenticator's clock is another (the demo's can be moved), so that each is accepted once.
 */
export function matchTotp(
  { ring, clock, authenticatorTimes }: AccountServices,
  factors: { id: string; secret: string }[],
  code: string,
): { factor: string; step: number } | undefined {
  const now = clock()
  for (const factor of factors) {
    const secret = ring.open(factor.secret, factor.id)
    for (const time of authenticatorTimes()) {
      const step = totpStep(secret, code, time)
      if (step !== undefined) return { factor: factor.id, step: step + Math.round((now - time) / totpPeriod) }
    }
  }
  return undefined
}
