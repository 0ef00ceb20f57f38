import { randomUUID } from 'node:crypto'
import type { Protection } from '../rules/account.ts'
import type { AuditEvent } from '../rules/audit/events.ts'
import { withEffects } from '../rules/effect.ts'
import type { FactorKind } from '../rules/factor.ts'
import { makePrimary, readFactorName, renameFactor } from '../rules/factor-change.ts'
import type { AccountServices } from './services.ts'
import { type Acting, toldOf } from './told.ts'

/** Gives a factor a name, or none for ''. Returns false for a name that can't be shown and for a factor that is gone. */
export async function renameOwn(
  services: AccountServices,
  by: Acting,
  { factor, name }: { factor: string; name: string },
): Promise<boolean> {
  const read = readFactorName(name)
  if (read === undefined) return false
  // A name protects nothing and takes nothing away: the log is enough.
  return changeFactor(
    services,
    by,
    factor,
    (current) => renameFactor(current, factor, read),
    () => ({
      event: 'factor.renamed',
    }),
  )
}

/** Makes a factor the one that sign-ins ask for first. Returns false where it is gone or disabled. */
export async function makeOwnPrimary(
  services: AccountServices,
  by: Acting,
  factor: string,
): Promise<boolean> {
  return changeFactor(
    services,
    by,
    factor,
    (current) => makePrimary(current, factor),
    (kind) => ({
      event: 'factor.primary',
      notice: 'primary_changed' as const,
      data: { factor: kind },
    }),
  )
}

async function changeFactor(
  services: AccountServices,
  by: Acting,
  factor: string,
  make: (current: Protection) => Protection | undefined,
  happened: (kind: FactorKind) => {
    event: AuditEvent
    notice?: 'primary_changed'
    data?: { factor: FactorKind }
  },
): Promise<boolean> {
  const now = services.clock()
  const id = `${factor}:${randomUUID()}`
  return services.change('protections', by.account, (current) => {
    const next = current && make(current)
    if (next === undefined) return [current, false]
    const { kind } = next.factors.find((one) => one.id === factor)!
    return [withEffects(next, toldOf(by, { id, detail: { factor: kind }, ...happened(kind) }, now)), true]
  })
}
