import { flatOrigin } from '../http/request.ts'
import type { Factor } from '../rules/account.ts'
import type { Origin } from '../rules/attempt.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import { removeFactor } from '../rules/enrolment.ts'
import { factorRemoved } from '../rules/signals.ts'
import type { Services } from '../services.ts'

/** Who takes a factor away, and where. */
export interface Removal {
  account: string
  factor: string
  /** Whether an organization of the person insists on a second factor: then the last one stays. */
  required: boolean
  origin: Origin
  app: string
}

/** Takes a factor away, and tells everyone because of that write. Returns false where it can't be removed. */
export async function removeOwn(services: Services, removal: Removal): Promise<boolean> {
  const { store, clock, effects } = services
  const now = clock()
  const removed = await store.accounts.update(removal.account, (current) => {
    const gone = current?.factors.find(({ id }) => id === removal.factor)
    const next = current && removeFactor(current, removal.factor, removal.required, now)
    if (current === undefined || gone === undefined || next === undefined) return [current, false]
    const id = `${gone.id}:removed:signal`
    const events = factorRemoved(current, next, now)
    const told: Effect = { kind: 'signal', id, account: current.id, txn: id, events }
    return [withEffects(next, [...removedEffects(removal, gone, now), told]), true]
  })
  if (removed) await effects.settle('accounts', removal.account)
  return removed
}

function removedEffects(removal: Removal, { id, kind }: Factor, now: number): Effect[] {
  const { account: subject, app } = removal
  const origin = flatOrigin(removal.origin)
  return [
    {
      kind: 'audit',
      id: `${id}:removed:audit`,
      event: 'factor.removed',
      actor: subject,
      subject,
      detail: { factor: kind, address: origin.address },
    },
    {
      kind: 'notice',
      id: `${id}:removed:notice`,
      name: 'factor_removed',
      to: subject,
      data: { at: now, factor: kind, app, ...origin },
    },
  ]
}
