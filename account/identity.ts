import { type Effect, withEffects } from '../rules/effect.ts'
import { told } from '../rules/told.ts'
import type { AccountServices } from './services.ts'

/** The log and the person's mail, of an identity verified for later that came or went. */
export const proofingTold = (
  account: string,
  what: 'enrolled' | 'removed',
  id: string,
  at: number,
): Effect[] =>
  told(
    { subject: account, actor: account, at },
    { id, event: `proofing.${what}`, notice: `proofing_${what}` },
  )

/** The identity that was enrolled for later counts no more. */
export async function removeIdentity({ change, clock }: AccountServices, account: string): Promise<void> {
  const at = clock()
  const told = proofingTold(account, 'removed', `proofing_removed:${account}:${at}`, at)
  await change('protections', account, (current) => {
    if (current?.proofing === undefined) return [current, undefined]
    const { proofing: _, ...rest } = current
    return [withEffects(rest, told), undefined]
  })
}
