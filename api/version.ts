import { hash } from 'node:crypto'
import { sortedJson } from '../rules/audit/chain.ts'

/** Names what is shown: it is another one as soon as anything of it is. */
export const apiVersion = (shown: unknown): string =>
  hash('sha256', sortedJson(shown), 'base64url').slice(0, 22)

/** Whether the caller has seen what there is now. `*` is whatever there is. */
export const isSeen = (ifMatch: string | undefined, now: string): boolean =>
  ifMatch === undefined || ifMatch === '*' || ifMatch.split(',').some((one) => one.trim() === now)

/** `W/"a", "b"` as `a, b`. */
export const tagsIn = (header: string | undefined): string | undefined =>
  header?.replaceAll(/W\/(?=")|"/g, '') || undefined
