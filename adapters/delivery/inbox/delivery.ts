import { createHash } from 'node:crypto'
import { Conflict } from '../../store/port.ts'
import type { Store } from '../../store/store.ts'
import type { CaughtMessage, Delivery } from '../delivery.ts'

/** The demo's way out: every message is kept where people can read it, instead of being sent. */
export function createInboxDelivery({ inbox }: Store, clock: () => number): Delivery {
  return {
    send: async (message) => {
      const at = clock()
      const caught: CaughtMessage = { at: new Date(at).toISOString(), ...message }
      const id = createHash('sha256').update(message.id).digest('base64url')
      try {
        await inbox.insert({ id, at, inbox: 'all', message: JSON.stringify(caught) })
      } catch (error) {
        // Sent before, by a process that died before it could say so.
        if (!(error instanceof Conflict)) throw error
      }
    },
    close: async () => {},
  }
}
