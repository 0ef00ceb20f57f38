import { randomUUID } from 'node:crypto'
import type { AccountServices } from '../../account/services.ts'
import type { AuditEvent } from '../../rules/audit/events.ts'
import { type Effect, type EffectKind, type EffectOf, withEffects } from '../../rules/effect.ts'
import { told } from '../../rules/told.ts'

export type Deeds = Pick<
  AccountServices,
  'store' | 'accounts' | 'change' | 'clock' | 'config' | 'ring' | 'provider' | 'signingKeys' | 'kinds'
>

/** Who acts for the operator: a person, or a program by its `client_id`. */
export interface By {
  id: string
}

type Wanted = 'keep_setting' | 'retry_parcel' | 'keep_app' | 'rotate_keys'

/** An effect without its id. */
export type Deed = { [K in Wanted]: Omit<EffectOf<K>, 'id'> }[Wanted & EffectKind]

/**
 * What an operator does to the installation itself. It is promised in the operator's own document, together with the
 * entry in the log: either both happen or neither, whatever process dies.
 */
export function promise(
  { change }: Deeds,
  by: By,
  event: AuditEvent,
  detail: { [name: string]: string | number | boolean },
  deed: (id: string) => Deed,
): Promise<void> {
  const cause = `deed:${randomUUID()}`
  const id = `${cause}:deed`
  const effects: Effect[] = [
    { ...deed(id), id } as Effect,
    ...told({ actor: by.id }, { id: cause, event, detail }),
  ]
  return change('protections', by.id, (current) => [current && withEffects(current, effects), undefined])
}
