import { pollMethod, pushMethod, type Stream } from '../../rules/stream.ts'
import { nextSignals, type QueueServices, recipientOf, wakePush } from './queue.ts'
import { announceStatus } from './status.ts'

const day = 86_400_000

/**
 * Looks after every stream now and then: what waits although nobody pushes it (the process died between the two, or
 * the outbox gave up) is pushed again, and a stream that nobody polls is paused (SSF 1.0 §8.1.1, inactivity_timeout).
 */
export async function tendStreams(services: QueueServices): Promise<void> {
  const { streams } = services.store
  for (let page = await streams.find('all', 'all', { limit: 100 }); page.length > 0; ) {
    for (const stream of page) await tend(services, stream)
    page = await streams.find('all', 'all', { limit: 100, after: page.at(-1)! })
  }
}

async function tend(services: QueueServices, stream: Stream): Promise<void> {
  const { store, clock, config } = services
  if (stream.delivery.method === pushMethod) {
    const [waiting] = await nextSignals(store, stream, 1)
    const [queued] = await store.outbox.find('queue', recipientOf(stream), { limit: 1 })
    if (waiting !== undefined && queued === undefined) await wakePush(services, stream, `again:${clock()}`)
  }
  const idle = clock() - stream.activeAt > config.signals.inactiveDays * day
  if (stream.delivery.method === pollMethod && stream.status === 'enabled' && idle)
    await announceStatus(services, stream, 'paused', 'inactive')
}
