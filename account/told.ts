import type { Origin } from '../rules/attempt.ts'
import type { Effect } from '../rules/effect.ts'
import type { FactorKind } from '../rules/factor.ts'
import { type Happening, type ToldBy, told } from '../rules/told.ts'

/** Who changes something of their own account, and where. */
export interface Acting {
  account: string
  /** Who does it in the person's place. */
  by?: string | undefined
  origin: Origin
  /** The app as people know it. */
  app: string
}

export const byOwner = ({ account, by = account, app, origin }: Acting, at: number): ToldBy => ({
  subject: account,
  actor: by,
  app,
  origin,
  at,
})

/** The effects that go with a change a person makes, to be written together with it. */
export const toldOf = (by: Acting, happening: Happening, now: number): Effect[] =>
  told(byOwner(by, now), happening)

/** Of a factor that came or went. The apps are told where the caller says what they know. */
export const factorTold = (
  by: Acting,
  what: 'added' | 'removed',
  factor: FactorKind,
  about: Pick<Happening, 'id' | 'signals' | 'txn'>,
  now: number,
): Effect[] =>
  toldOf(
    by,
    { ...about, event: `factor.${what}`, detail: { factor }, notice: `factor_${what}`, data: { factor } },
    now,
  )
