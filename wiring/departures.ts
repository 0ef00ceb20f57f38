import type { Delivery } from '../adapters/delivery/delivery.ts'
import { createOutbox, type Outbox } from '../effects/outbox.ts'
import { createSend } from '../effects/send.ts'
import type { Writes } from '../effects/services.ts'
import { forgetSubscription } from '../interactions/authenticator/subscription.ts'
import { createDeliver } from '../provider/deliver.ts'
import { setKeyOf } from '../provider/signals/sets.ts'
import { createTransmitter, type Transmitter } from '../provider/signals/transmitter.ts'
import type { Ground } from './ground.ts'
import { attachedTo, type Host, ownKeys } from './host.ts'

/** How things leave: to people by their carriers, to apps by streams of security events. */
export interface Departures {
  outbox: Outbox
  transmitter: Transmitter
}

/** @param writes Known later: what is written because a carrier said so. */
export function openDepartures(
  ground: Ground,
  host: Host,
  delivery: Delivery,
  writes: () => Writes,
): Departures {
  const { store, ring, clock, fetch, log, keys } = ground
  const provider = () => attachedTo(host)
  const key = () => {
    const own = ownKeys(host)
    return own === undefined ? keys.published('RS256')[0] : setKeyOf({ keys: own })
  }
  const transmitter = createTransmitter({ ...ground, key, provider, outbox: () => outbox })
  const gone: Parameters<typeof createSend>[0]['gone'] = (message) =>
    forgetSubscription({ change: writes().change, ring }, message)
  const send = createSend({ delivery, store, clock, gone })
  const outbox = createOutbox({
    store,
    ring,
    clock,
    deliver: createDeliver(send, provider, transmitter, { store, ring, clock, fetch }),
    failed: ({ id, tries, state, lastError }, error) =>
      // A number that is none is nobody's fault here.
      log[state === 'dropped' ? 'info' : 'warn'](
        { message: id, tries, state, error: lastError ?? error.name },
        'not delivered',
      ),
  })
  return { outbox, transmitter }
}
