import type { Store } from '../adapters/store/store.ts'
import { isAhead } from '../rules/lately.ts'
import { isIdle } from '../rules/session-use.ts'
import type { SessionUse } from './policy.ts'

export function sessionUse({ sessions }: Store, clock: () => number): SessionUse {
  return {
    isIdle: async (session) => isIdle((await sessions.get(session))?.usedAt, clock()),
    isAhead: (signedInAt) => isAhead(signedInAt * 1000, clock()),
  }
}
