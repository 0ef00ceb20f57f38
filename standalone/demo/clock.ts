import type { Store } from '../../adapters/store/store.ts'

export interface DemoClock {
  /** Milliseconds the demo is ahead of real time. */
  offset(): number
  advance(milliseconds: number): Promise<void>
}

const realNow = Date.now.bind(Date)

/** The time that authenticator apps live in. */
export function realTime(): number {
  return realNow()
}

/**
 * A clock that can be moved forward, so that holds, reminders and expiries can be walked in a minute. oidc-provider
 * reads `Date.now` itself, so the whole process lives in the demo's time. Starting again goes on where it stood.
 */
export async function startDemoClock({ settings }: Pick<Store, 'settings'>): Promise<DemoClock> {
  const id = 'demo-clock'
  let offset = Number((await settings.get(id))?.value ?? 0)
  Date.now = () => realNow() + offset
  return {
    offset: () => offset,
    advance: async (milliseconds) => {
      offset += milliseconds
      await settings.update(id, () => [{ id, value: String(offset) }, undefined])
    },
  }
}
