import { type Collection, Conflict, type Document } from '../../adapters/store/port.ts'
import type { Store } from '../../adapters/store/store.ts'
import type { Protection } from '../../rules/account.ts'
import type { Listing } from '../../rules/listing.ts'
import type { Membership } from '../../rules/membership.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import { groupsOf } from './records.ts'

/** All that is stored of somebody who is imported. */
export interface PersonDocuments {
  memberships: Membership[]
  credentials: { id: string; account: string }[]
  protection: Protection
  /** Made as they are written: they are most of it. */
  listings(): Listing[]
  person: OwnPerson
}

/** How many listings are written at once, and how many such writes are under way together. */
export interface ListingsAtOnce {
  listings: number
  writes: number
}

/**
 * Writes some people, and returns how many of them are here by it. The people themselves last: nobody is half here.
 * What is there already was written before the import was stopped, or is somebody's who came meanwhile.
 */
export async function putAll(store: Store, all: PersonDocuments[], atOnce: ListingsAtOnce): Promise<number> {
  await Promise.all([
    put(
      store.memberships,
      all.flatMap(({ memberships }) => memberships),
    ),
    // Somebody who was left half here by another file owns none.
    ...all
      .flatMap(({ credentials }) => credentials)
      .map((one) => store.credentials.update(one.id, () => [one, undefined])),
    put(
      store.protections,
      all.map(({ protection }) => protection),
    ),
    putListings(store, all, atOnce),
  ])
  const people = all.map(({ person }) => person)
  if (await put(store.people, people)) return people.length
  const here = await Promise.all(people.map(({ id }) => store.people.get(id)))
  return here.filter((one) => one !== undefined).length
}

async function putListings(
  { listings }: Store,
  all: PersonDocuments[],
  { listings: size, writes }: ListingsAtOnce,
): Promise<void> {
  for (const groups of groupsOf(groupsOf(listingsIn(all), size), writes))
    await Promise.all(groups.map((group) => put(listings, group)))
}

function* listingsIn(all: PersonDocuments[]): Generator<Listing> {
  for (const { listings } of all) yield* listings()
}

/** In one write, and one after the other where something of it is there. Whether all of it is new. */
async function put<T extends Document>(collection: Collection<T>, documents: T[]): Promise<boolean> {
  if (documents.length === 0 || (await isNew(() => collection.insertAll(documents)))) return true
  for (const document of documents) await isNew(() => collection.insert(document))
  return false
}

async function isNew(insert: () => Promise<void>): Promise<boolean> {
  try {
    await insert()
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}
