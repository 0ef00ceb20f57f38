import { type Adapter, errors, Provider } from 'oidc-provider'
import type { Artifact } from '../adapters/store/documents.ts'
import type { Store } from '../adapters/store/store.ts'
import { isLately } from '../rules/lately.ts'

/** Seconds between two polls of a device, and what each poll that comes too soon adds (RFC 8628 §3.2, §3.5). */
const interval = 5
const added = 5
/** What a network may shorten between two polls that left in time. Milliseconds. */
const tolerated = 500

/** A device that polls too fast is told to slow down, for as long as nobody has decided. */
export function withPace(
  adapter: Adapter,
  { artifacts }: Pick<Store, 'artifacts'>,
  clock: () => number,
): Adapter {
  return {
    ...adapter,
    find: async (id) => {
      const found = await adapter.find(id)
      const waits = found !== undefined && !found.accountId && !found.error
      if (!waits || Provider.ctx?.oidc?.route !== 'token') return found
      const now = clock()
      const tooSoon = await artifacts.update(`DeviceCode:${id}`, (current) => polled(current, now))
      if (tooSoon) throw new errors.SlowDown()
      return found
    },
  }
}

function polled(current: Artifact | undefined, now: number): [Artifact | undefined, boolean] {
  if (current === undefined) return [current, false]
  const pace = current.pollSeconds ?? interval
  const tooSoon = current.polledAt !== undefined && isLately(current.polledAt, pace * 1000 - tolerated, now)
  return [{ ...current, polledAt: now, pollSeconds: tooSoon ? pace + added : pace }, tooSoon]
}
