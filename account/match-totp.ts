import { totpPeriod, totpStep } from '../adapters/secrets/totp.ts'
import type { AccountServices } from './services.ts'

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
