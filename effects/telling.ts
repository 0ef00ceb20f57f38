import { mailed } from '../rules/told.ts'
import { sendNotice } from './notices.ts'
import type { HandlerServices, Handlers } from './services.ts'
import { activeSuperAdmins } from './super-admins.ts'
import { tellWebhooks } from './webhooks.ts'

/** What is told: to people, to the log, and to super admins one by one. */
export function tellingHandlers(
  services: HandlerServices,
): Handlers<'notice' | 'audit' | 'tell_super_admins' | 'send'> {
  return {
    notice: (notice) => sendNotice(services, notice),
    audit: async (effect) => {
      const { kind: _, id, ...fact } = effect
      await services.audit.append({ ...fact, cause: id })
      await tellWebhooks(services, effect)
    },
    // Each notice has an id of its own, so that one which was sent before a crash isn't sent again.
    tell_super_admins: async ({ id, name, data, organization, except }) => {
      for await (const { account } of activeSuperAdmins(services, organization)) {
        if (account === except || account === data.about) continue
        await sendNotice(services, mailed(name, account, { id: `${id}:${account}`, data }))
      }
    },
    send: async ({ id, queue, sealed }) => {
      const message = JSON.parse(services.ring.open(sealed, `send|${id}`))
      await services.outbox.queue(id, queue, { kind: 'message', message })
    },
  }
}
