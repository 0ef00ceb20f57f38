import { createHash } from 'node:crypto'
import { sortedJson } from '../rules/audit/chain.ts'
import { ApiRefusal } from './problems.ts'

/** Names what is shown: it is another one as soon as anything of it is. */
export const apiVersion = (shown: unknown): string =>
  createHash('sha256').update(sortedJson(shown)).digest('base64url').slice(0, 22)

/** Throws where the caller hasn't seen what there is now. `*` is whatever there is. */
export function requireVersion(ifMatch: string | undefined, now: string): void {
  if (ifMatch === undefined || ifMatch === '*') return
  if (!ifMatch.split(',').some((one) => one.trim() === now)) throw new ApiRefusal('precondition_failed')
}
