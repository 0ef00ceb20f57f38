import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import type { Context } from 'koa'
import type { Logger } from 'pino'
import type { GuardedFetch } from '../../adapters/guarded-fetch.ts'
import { createArrivals } from '../../effects/arrivals.ts'
import type { SignalEffect } from '../../rules/effect.ts'
import { isLately } from '../../rules/lately.ts'
import { jsonBody } from './body.ts'
import { answerFaults } from './fault.ts'
import { transmitterMetadata } from './metadata.ts'
import { type PollServices, poll } from './poll.ts'
import { publish } from './publish.ts'
import { pushWaiting } from './push.ts'
import { wakePush } from './queue.ts'
import { createSetSigner } from './sets.ts'
import { changeStatus, readStatus } from './status.ts'
import {
  createStream,
  deleteStream,
  readStream,
  replaceStream,
  type StreamServices,
  updateStream,
} from './streams.ts'
import { addSubject, removeSubject } from './subjects.ts'
import { tendStreams } from './tend.ts'
import { verifyStream } from './verification.ts'

/** Shared Signals Framework 1.0, as a transmitter. */
export interface Transmitter {
  /** Gives an effect to the streams. */
  publish(effect: SignalEffect): Promise<void>
  /** Pushes what waits on a stream; throws when it must be tried again. */
  push(stream: string): Promise<void>
  /** Looks after the streams, if that wasn't done a moment ago. */
  tend(): Promise<void>
  routes(): Router
  /** Answers everyone who waits for an event. */
  close(): void
}

export interface TransmitterOptions extends Omit<StreamServices, 'arrivals'> {
  log: Logger
  fetch: GuardedFetch
  /** The provider's key that signs now, once it is configured. */
  key: Parameters<typeof createSetSigner>[0]
}

/** Milliseconds. */
const tendEvery = 60_000

export function createTransmitter(options: TransmitterOptions): Transmitter {
  const arrivals = createArrivals()
  const services = { ...options, arrivals, sign: createSetSigner(options.key) }
  let tended = Number.NEGATIVE_INFINITY
  return {
    publish: (effect) => publish(services, effect),
    push: (stream) =>
      pushWaiting({ ...services, more: (one) => wakePush(services, one, `more:${randomUUID()}`) }, stream),
    tend: async () => {
      if (isLately(tended, tendEvery, services.clock())) return
      tended = services.clock()
      await tendStreams(services)
    },
    routes: () => transmitterRoutes(services),
    close: arrivals.close,
  }
}

function transmitterRoutes(services: PollServices): Router {
  const router = new Router()
  const to = (handle: (services: PollServices, ctx: Context) => Promise<void>) => (ctx: Context) =>
    handle(services, ctx)
  // For anyone, as the provider's own discovery document is.
  router.get('/.well-known/ssf-configuration', (ctx) => {
    ctx.body = transmitterMetadata(services.config, services.provider().urlFor('jwks'))
  })
  router.use('/ssf', answerFaults)
  router.get('/ssf/stream', to(readStream))
  router.post('/ssf/stream', jsonBody, to(createStream))
  router.patch('/ssf/stream', jsonBody, to(updateStream))
  router.put('/ssf/stream', jsonBody, to(replaceStream))
  router.delete('/ssf/stream', to(deleteStream))
  router.get('/ssf/status', to(readStatus))
  router.post('/ssf/status', jsonBody, to(changeStatus))
  router.post('/ssf/subjects/add', jsonBody, to(addSubject))
  router.post('/ssf/subjects/remove', jsonBody, to(removeSubject))
  router.post('/ssf/verification', jsonBody, to(verifyStream))
  router.post('/ssf/poll/:stream', jsonBody, to(poll))
  return router
}
