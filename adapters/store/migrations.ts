import { agent } from '../../rules/account.ts'
import { type AccountBefore, storeApart } from './apart.ts'
import { listOwnPerson } from './listings.ts'
import type { Document } from './port.ts'
import type { CollectionName, Store } from './store.ts'

/** What has to change in a store because documents of a collection look otherwise in this release. */
export interface Migration {
  /** The version that a store has afterwards: one more than before. */
  to: number
  /** What is different then, for the operator. */
  title: string
  /**
   * What happens for each document, as the release before wrote it. Decide inside `update`, and change nothing that is
   * as it should be: one document may be seen twice, by two processes at once, and after a kill.
   */
  each: { readonly [C in CollectionName]?: (document: Document, store: Store) => Promise<unknown> }
}

/** The version of stores that say none: the releases before versions were written down. */
export const firstVersion = 1

/** Every migration there was, oldest first. How to add one: docs/how-to/migration.md. */
export const migrations: readonly Migration[] = [
  {
    to: 2,
    title: 'Agents of the support are listed',
    each: {
      accounts: ({ id }, store) =>
        store.accounts.update(id, (account) => {
          const { supportAgent, desk } = (account ?? {}) as Partial<AccountBefore>
          const isListed = supportAgent === undefined || desk !== undefined
          return [isListed ? account : { ...account!, ...agent }, undefined]
        }),
    },
  },
  {
    to: 3,
    title: 'People, and what protects them, are two documents',
    each: {
      accounts: async (account, store) => {
        await storeApart(store, account as AccountBefore)
        await store.accounts.remove(account.id)
      },
    },
  },
  {
    to: 4,
    title: 'People are listed',
    each: { people: ({ id }, store) => listOwnPerson(store, id) },
  },
  {
    to: 5,
    // What opening has done by then: mongo/unique-values.ts. Processes of the releases before would write without it.
    title: 'On MongoDB unique values have documents of their own',
    each: {},
  },
  {
    to: 6,
    // As documents are written from now on: lmdb/texts.ts. Processes of the releases before couldn't read them.
    title: 'On LMDB what is kept for the library has a line of its own',
    each: {},
  },
]
