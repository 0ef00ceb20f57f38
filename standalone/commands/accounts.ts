import { readBuiltInPeople } from '../../adapters/people/built-in/people.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createDirectory, type Directory } from '../../effects/directory.ts'

/** The people of the program, with what protects them, for whoever only looks. */
export const accountsOf = (store: Store): Directory => createDirectory(readBuiltInPeople(store), store)
