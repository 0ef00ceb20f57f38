import { retried } from '../rules/outgoing.ts'
import type { HandlerServices, Handlers } from './services.ts'

/** What an operator has asked for, carried out: settings of the installation, and parcels that were given up. */
export function deedHandlers({
  store,
  clock,
  outbox,
}: HandlerServices): Handlers<'keep_setting' | 'retry_parcel'> {
  return {
    keep_setting: ({ setting: id, value }) =>
      store.settings.update(id, () => [value === '' ? undefined : { id, value }, undefined]),
    retry_parcel: async ({ parcel }) => {
      await store.outbox.update(parcel, (current) => [current && retried(current, clock()), undefined])
      outbox.wake()
    },
  }
}
