import { accountHandlers } from '../account/effects.ts'
import type { Arrivals } from '../effects/arrivals.ts'
import { deedHandlers } from '../effects/deeds.ts'
import type { HandlerServices, Handlers } from '../effects/services.ts'
import { createEffects } from '../effects/settle.ts'
import { tellingHandlers } from '../effects/telling.ts'
import { promptHandlers } from '../interactions/authenticator/prompts.ts'
import { listFollowers, organizationHandlers } from '../organization/effects.ts'
import { beforeReply } from '../provider/before-reply.ts'
import { providerHandlers } from '../provider/effects.ts'
import { caseEnding, recoveryHandlers } from '../recovery/effects.ts'
import { freshProtection } from '../rules/account.ts'
import { membershipEnding } from '../rules/membership.ts'
import { personEnding } from '../rules/own-person.ts'
import { proposalEnding } from '../rules/role-change.ts'
import { webhookEnding } from '../rules/webhook.ts'
import type { Departures } from './departures.ts'
import type { Ground } from './ground.ts'
import { attachedTo, type Host } from './host.ts'

/** The one way to write, and every handler of what a write promises. */
export function openEffects(
  ground: Ground,
  { outbox, transmitter }: Departures,
  host: Host,
  arrivals: Arrivals,
) {
  const ofProvider = {
    provider: () => attachedTo(host),
    drop: async (artifact: string) => host.adapter?.drop(artifact),
    publish: transmitter.publish,
    rotate: ground.rotate,
  }
  const handlers = (services: HandlerServices): Handlers => ({
    ...tellingHandlers(services),
    ...deedHandlers(services),
    ...providerHandlers({ ...services, ...ofProvider }),
    ...recoveryHandlers(services),
    ...accountHandlers(services),
    ...organizationHandlers(services),
    ...promptHandlers({ ...services, arrivals }),
  })
  return createEffects({
    store: ground.store,
    clock: ground.clock,
    handlers: (writes) => handlers({ ...ground, outbox, ...writes }),
    beginnings: { protections: freshProtection },
    beforeReply,
    followers: listFollowers,
    endings: {
      cases: caseEnding,
      people: personEnding,
      memberships: membershipEnding,
      proposals: proposalEnding,
      webhooks: webhookEnding,
    },
  })
}
