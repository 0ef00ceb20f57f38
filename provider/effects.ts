import type { Adapter, Provider } from 'oidc-provider'
import type { HandlerServices, Handlers } from '../effects/services.ts'
import type { SignalEffect } from '../rules/effect.ts'
import { appsOf, type Drop, endApp, endEverything, endSessions, type LogoutTarget } from './revocation.ts'

type Services = HandlerServices & {
  provider(): Provider
  /** Where the host keeps artifacts, if not with us. */
  drop?: Drop
  /** Gives security events to the streams of relying apps. */
  publish(effect: SignalEffect): Promise<void>
  /** Makes new signing keys; the cause is remembered with them. */
  rotate(cause: string, withdraw: boolean): Promise<void>
}

/** The provider's part in what a change promises: sessions end, and the apps hear of it. */
export function providerHandlers(
  services: Services,
): Handlers<'end_sessions' | 'end_some' | 'end_app' | 'end_apps_of' | 'signal' | 'keep_app' | 'rotate_keys'> {
  const { store, clock, drop } = services
  return {
    end_sessions: async (effect) =>
      tellApps(
        services,
        effect.id,
        await endEverything(store, effect.account, effect.id, clock(), effect, drop),
      ),
    end_some: async ({ id, account, session, keepSession = '' }) => {
      const which = session === undefined ? { keepSession } : { session }
      await tellApps(services, id, await endSessions(store, account, id, which, drop))
    },
    end_app: async ({ id, account, client }) =>
      tellApps(services, id, await endApp(store, account, client, drop)),
    end_apps_of: async ({ id, account, organization }) => {
      for (const client of await appsOf(store, account)) {
        if ((await services.provider().Client.find(client))?.organization !== organization) continue
        await tellApps(services, id, await endApp(store, account, client, drop))
      }
    },
    signal: services.publish,
    keep_app: async ({ id, app, sealed }) => {
      const { adapter } = services.provider().Client as unknown as { adapter: Adapter }
      if (sealed === undefined) return void (await adapter.destroy(app))
      await adapter.upsert(app, JSON.parse(services.ring.open(sealed, id)), undefined as never)
    },
    rotate_keys: ({ id, withdraw }) => services.rotate(id, withdraw),
  }
}

async function tellApps(services: Services, cause: string, targets: LogoutTarget[]): Promise<void> {
  for (const target of targets) {
    const client = await services.provider().Client.find(target.client)
    if (client?.backchannelLogoutUri === undefined) continue
    const id = `${cause}:${target.client}:${target.sid ?? 'all'}`
    await services.outbox.queue(id, `client:${target.client}`, { kind: 'logout', ...target })
  }
}
