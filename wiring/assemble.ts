import { createAccounts } from '../account/use-cases.ts'
import type { ApiServices } from '../api/services.ts'
import { startWorker, type Worker } from '../effects/worker.ts'
import type { Services } from '../interactions/services.ts'
import { passed } from '../interactions/sign-in/first-factor.ts'
import { createPeople } from '../organization/people-use-cases.ts'
import { createOrganizations } from '../organization/use-cases.ts'
import { createMarks } from '../provider/made-from.ts'
import { createCases } from '../recovery/use-cases.ts'
import { attachTo } from './attach.ts'
import { duties } from './background.ts'
import { configureHost } from './configure.ts'
import type { Host } from './host.ts'
import { idsFirst } from './ids-first.ts'
import type { Parts } from './parts.ts'
import type { Rekey } from './plugin.ts'
import { type Wired, wiredServices } from './services.ts'

export interface Assembled {
  plugin: Rekey
  services: Services
  /** Does all background work that is due now. */
  work(): Promise<void>
  /** Seconds since the duty of the worker finished that has waited longest. */
  lag(): number
}

/** Puts Rekey together over any store and any way out. Everything is wired here, once. */
export async function assemble(parts: Parts): Promise<Assembled> {
  const host: Host = { marks: createMarks() }
  const wired = await wiredServices(parts, host)
  const { services } = wired
  const use = useCases(services, parts)
  let worker: Worker | undefined
  let stopped = false
  const plugin: Rekey = {
    issuer: services.config.issuer,
    configure: configureHost(parts, wired, host),
    attach: (provider, off = {}) => {
      if (stopped) throw new Error('attach: this rekey(…) was stopped, and its store is closed; make another')
      attachTo(host, provider, parts, wired, use, off)
      worker = startWorker(duties(wired), services.log)
    },
    passed: (ctx, proof) => passed(services, ctx, proof),
    ...idsFirst(use),
    stop: () => {
      stopped = true
      return stop(wired, worker)
    },
  }
  return {
    plugin,
    services,
    work: async () => {
      await worker?.run()
      await services.outbox.drain()
    },
    lag: () => worker?.lag() ?? 0,
  }
}

const useCases = (services: Services, { foreignOrganizations }: Parts): ApiServices['use'] => ({
  accounts: { ...createAccounts(services), ...createPeople(services) },
  cases: createCases(services),
  organizations: createOrganizations(services, foreignOrganizations === true),
})

async function stop({ services, transmitter, keeper }: Wired, worker: Worker | undefined): Promise<void> {
  transmitter.close()
  services.arrivals.close()
  await worker?.stop()
  await services.outbox.stop()
  await keeper.stop()
}
