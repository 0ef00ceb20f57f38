import { randomUUID } from 'node:crypto'
import type { Artifact } from '../../adapters/store/documents.ts'
import { Conflict } from '../../adapters/store/port.ts'
import type { Store } from '../../adapters/store/store.ts'
import type { Account } from '../../rules/account.ts'

/** What the suites work on: a store that all tests share, and the clock it looks at. */
export interface Subject {
  store: Store
  now: number
}

export const hour = 3_600_000

/** Tests share a store, so each takes ids and values nobody else has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomUUID()}`
}

export function artifact(fields: Partial<Artifact> = {}): Artifact {
  return { id: unique('AccessToken'), payload: '{"jti":"1"}', ...fields }
}

/** As much of an account as the store looks at. */
export function account(fields: Partial<Account> = {}): Account {
  return { id: unique('account'), email: `${unique('ada')}@example.com`, name: 'Ada', ...fields } as Account
}

/** The name of the index a promise's Conflict is about, or what happened instead. */
export async function conflictOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt
    return 'no conflict'
  } catch (error) {
    return error instanceof Conflict ? error.index : `not a Conflict: ${error}`
  }
}

/** How many of the promises succeed; the rest must be conflicts. */
export async function winners(attempts: Promise<unknown>[]): Promise<number> {
  const outcomes = await Promise.all(attempts.map(conflictOf))
  const strange = outcomes.find((outcome) => outcome.startsWith('not a Conflict'))
  if (strange) throw new Error(strange)
  return outcomes.filter((outcome) => outcome === 'no conflict').length
}

export function times<R>(count: number, make: (index: number) => R): R[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

export function ids(documents: { id: string }[]): string[] {
  return documents.map(({ id }) => id)
}
