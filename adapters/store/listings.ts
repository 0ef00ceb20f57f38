import { freshProtection } from '../../rules/account.ts'
import { type Listing, listingsOf, type PersonToList, tellsTheSame } from '../../rules/listing.ts'
import { findAll } from './find-all.ts'
import type { Store } from './store.ts'

type Stores = Pick<Store, 'protections' | 'memberships' | 'listings'>

/**
 * Lists somebody as they are now, or nowhere any more. Two of these at once may have read different states: each looks
 * again after it has written, so that whoever writes last has written the last state.
 */
export async function listPerson(
  stores: Stores,
  id: string,
  read: () => Promise<PersonToList | undefined>,
): Promise<void> {
  for (let last: Listing[] | undefined; ; ) {
    const now = await wanted(stores, id, read)
    if (last !== undefined && tellsTheSame(last, now)) return
    await keep(stores, id, now)
    last = now
  }
}

async function wanted(
  { protections, memberships }: Stores,
  id: string,
  read: () => Promise<PersonToList | undefined>,
): Promise<Listing[]> {
  const [person, protection, belongs] = await Promise.all([
    read(),
    protections.get(id),
    findAll(memberships, 'account', id),
  ])
  return person === undefined ? [] : listingsOf(person, protection ?? freshProtection(id), belongs)
}

async function keep({ listings }: Stores, account: string, now: Listing[]): Promise<void> {
  const there = await findAll(listings, 'account', account)
  const gone = there.filter(({ id }) => !now.some((one) => one.id === id))
  await Promise.all([
    ...gone.map(({ id }) => listings.remove(id)),
    ...now.map((one) =>
      listings.update(one.id, (current) => [tellsTheSame(current, plain(one)) ? current : one, undefined]),
    ),
  ])
}

/** As it will be read back: a member that is undefined is not stored. */
const plain = (one: Listing): Listing => JSON.parse(JSON.stringify(one))

/** Somebody whom Rekey keeps, written by what carries no effects out: a migration, an import. */
export function listOwnPerson(store: Stores & Pick<Store, 'people'>, id: string): Promise<void> {
  return listPerson(store, id, async () => {
    const person = await store.people.get(id)
    return person && { id, name: person.name, email: person.mail[0] ?? person.login, status: person.status }
  })
}
