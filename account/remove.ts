import { withEffects } from '../rules/effect.ts'
import { removeFactor } from '../rules/enrolment.ts'
import { factorRemoved } from '../rules/signals.ts'
import type { AccountServices } from './services.ts'
import { type Acting, factorTold } from './told.ts'

/**
 * Takes a factor away, and tells everyone because of that write. Returns false where it can't be removed.
 *
 * @param wanted.required whether an organization of the person insists on a second factor: then the last one stays.
 */
export async function removeOwn(
  { change, clock }: AccountServices,
  by: Acting,
  { factor, required }: { factor: string; required: boolean },
): Promise<boolean> {
  const now = clock()
  return change('protections', by.account, (current) => {
    const gone = current?.factors.find(({ id }) => id === factor)
    const next = current && removeFactor(current, factor, required, now)
    if (current === undefined || gone === undefined || next === undefined) return [current, false]
    const id = `${gone.id}:removed`
    const about = { id, signals: factorRemoved(current, next, now), txn: `${id}:signal` }
    return [withEffects(next, factorTold(by, 'removed', gone.kind, about, now)), true]
  })
}
