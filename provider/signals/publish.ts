import type { Acr } from '../../rules/assurance.ts'
import type { SignalEffect, SignalEvent } from '../../rules/effect.ts'
import { eventTypes } from '../../rules/signals.ts'
import { deliveredEvents, type Stream } from '../../rules/stream.ts'
import { enqueue, wakePush } from './queue.ts'
import type { StreamServices } from './streams.ts'
import { subjectFor } from './subject.ts'

/**
 * Gives what happened to every stream whose receiver wants to hear of it. Safe to repeat: a crash between two streams
 * or two events continues where it stopped.
 */
export async function publish(services: StreamServices, effect: SignalEffect): Promise<void> {
  const { streams } = services.store
  for (let page = await streams.find('all', 'all', { limit: 100 }); page.length > 0; ) {
    for (const stream of page) await offer(services, stream, effect)
    page = await streams.find('all', 'all', { limit: 100, after: page.at(-1)! })
  }
}

async function offer(services: StreamServices, stream: Stream, effect: SignalEffect): Promise<void> {
  const wanted = deliveredEvents(stream)
  const events = effect.events.filter((event) => wanted.includes(event.type))
  if (stream.status === 'disabled' || events.length === 0) return
  const subject = await subjectFor(services, stream.client, effect.account)
  if (await services.store.unsubscribed.get(`${stream.id}:${subject.sub}`)) return
  for (const event of events) {
    // Events are told apart by their place in the effect, not among those this stream carries.
    const cause = `${effect.id}:${effect.events.indexOf(event)}`
    await enqueue(services, stream, { cause, event: named(services, event), subject, txn: effect.txn })
  }
  await wakePush(services, stream, effect.id)
}

/** The levels of a change of assurance, called what the ID tokens of this installation call them. */
function named({ acrNames }: StreamServices, event: SignalEvent): SignalEvent {
  if (event.type !== eventTypes.assuranceLevelChange) return event
  const { current_level: current, previous_level: previous, ...others } = event.claims
  const levels = {
    current_level: acrNames.theirs(current as Acr),
    previous_level: acrNames.theirs(previous as Acr),
  }
  return { ...event, claims: { ...others, ...levels } }
}
