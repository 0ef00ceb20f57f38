import { randomUUID } from 'node:crypto'
import type { Done } from '../../account/use-cases.ts'
import { type Account, freshProtection } from '../../rules/account.ts'
import { type Staff, withStaff } from '../../rules/staff.ts'
import type { By, Deeds } from './deeds.ts'

/** Agents of the support, or operators. */
export async function listStaff({ store, accounts }: Deeds, what: Staff): Promise<Account[]> {
  const [index, value] =
    what === 'operator' ? (['operators', 'operator'] as const) : (['agents', 'support'] as const)
  const found = await store.protections.find(index, value, { limit: 200 })
  const people = await Promise.all(found.map(({ id }) => accounts.get(id)))
  return people.filter((one) => one !== undefined)
}

/** Makes someone one of the staff, or takes it from them; they are told. Nobody does it to themselves. */
export async function setStaff(
  services: Deeds,
  by: By,
  { person, what, on, reason }: { person: string; what: Staff; on: boolean; reason: string },
): Promise<Done<'unknown' | 'self'>> {
  if (person === by.id) return { ok: false, reason: 'self' }
  if ((await services.accounts.get(person))?.status !== 'active') return { ok: false, reason: 'unknown' }
  const about = { id: `staff:${randomUUID()}`, by: by.id, reason, at: services.clock() }
  await services.change('protections', person, (current) => [
    withStaff(current ?? freshProtection(person), what, on, about),
    undefined,
  ])
  return { ok: true }
}
