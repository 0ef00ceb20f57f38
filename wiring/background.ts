import { purgeRemoved } from '../account/purge.ts'
import type { Duty } from '../effects/worker.ts'
import { wakeCases } from '../recovery/events.ts'
import type { Wired } from './services.ts'

/** What is done now and then, whoever asks for nothing. */
export const duties = ({ services, keys, transmitter, keeper }: Wired): Duty[] => [
  services.effects.settleAll,
  () => wakeCases(services),
  () => purgeRemoved(services),
  keys.tend,
  transmitter.tend,
  async () => services.outbox.wake(),
  keeper.tend,
  services.networks.share,
]
