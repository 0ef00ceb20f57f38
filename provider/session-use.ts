import type { Store } from '../adapters/store/store.ts'
import { isIdle } from '../rules/session-use.ts'
import type { SessionUse } from './policy.ts'

export function sessionUse({ sessions }: Store, clock: () => number): SessionUse {
  return { isIdle: async (session) => isIdle((await sessions.get(session))?.usedAt, clock()) }
}
