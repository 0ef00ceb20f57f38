import { type Delivery, Gone, type Message, Undeliverable } from '../adapters/delivery/delivery.ts'
import type { Store } from '../adapters/store/store.ts'
import { beginSending, sendingId, settleSending } from '../rules/sending.ts'

export interface SendOptions {
  delivery: Delivery
  store: Pick<Store, 'sendings'>
  clock: () => number
  /** Told of an address that is no more, before the message is dropped. */
  gone(message: Message): Promise<void>
}

/**
 * Gives a message to its carrier, unless it is too old to be of use: a code that waited for a carrier to come back would
 * only confuse. Where someone waits for it, they are told when it can't be delivered.
 */
export function createSend({
  delivery,
  store,
  clock,
  gone,
}: SendOptions): (message: Message) => Promise<void> {
  return async (message) => {
    const { expiresAt } = message
    try {
      if (expiresAt !== undefined && expiresAt <= clock()) throw new Undeliverable('expired')
      await delivery.send(message)
    } catch (error) {
      if (error instanceof Gone) await gone(message)
      if (error instanceof Undeliverable && expiresAt !== undefined)
        await noteFailure(store.sendings, message.id, expiresAt, error.code)
      throw error
    }
  }
}

async function noteFailure(
  sendings: Store['sendings'],
  message: string,
  expiresAt: number,
  reason: string,
): Promise<void> {
  const id = sendingId(message)
  await sendings.update(id, (current) => [
    settleSending(beginSending(current, { id, state: 'sent', expiresAt }), { delivered: false, reason }),
    undefined,
  ])
}
