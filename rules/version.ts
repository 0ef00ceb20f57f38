import { hash } from 'node:crypto'
import { sortedJson } from './audit/chain.ts'

/** Names what is shown: it is another one as soon as anything of it is. */
export const shownVersion = (shown: unknown): string =>
  hash('sha256', sortedJson(shown), 'base64url').slice(0, 22)
