import type { AccountServices } from '../account/services.ts'
import type { Collection } from '../adapters/store/port.ts'
import {
  everywhere,
  gramUnder,
  isAskedFor,
  type ListFilter,
  type Listing,
  listUnder,
} from '../rules/listing.ts'
import { cutTo } from '../rules/paging.ts'
import { gramsOf, holdsWords, searchWords } from '../rules/search-text.ts'

export type ListSort = 'name' | 'joined' | 'signed_in'

/** When somebody last signed in: `recent` in the last 30 days, `away` not for 90, `never`. */
export type SignedIn = 'never' | 'recent' | 'away'

export interface ListQuery extends ListFilter {
  /** Everybody of the installation where it is missing. */
  organization?: string | undefined
  /** A part of the name or the address, or of both. What is found is in the order of names. */
  text?: string | undefined
  signedIn?: SignedIn | undefined
  sort?: ListSort | undefined
  descending?: boolean | undefined
  /** `next` of the page before. */
  after?: string | undefined
  limit?: number | undefined
}

export interface ListPage {
  people: Listing[]
  /** Where the next page begins; a page may be short, or empty, and not the last. */
  next?: string | undefined
  /** How many there are in all; at least, where `more`. Only with the first page. */
  count?: number | undefined
  more?: boolean | undefined
}

type Listings = Collection<Listing, keyof typeof orderOf | 'account'>
type ListIndex = keyof typeof orderOf

const orderOf = { byName: 'rank', bySignIn: 'signedInOn', byJoining: 'since', text: 'rank' } as const
const indexOf = { name: 'byName', joined: 'byJoining', signed_in: 'bySignIn' } as const

const day = 86_400_000
/** How many of those that may fit are looked at for one page, so that it takes no longer the more there are. */
const mostLookedAt = 1000
const lookedAtOnce = 250
/** A piece of text that this many hold isn't rare. */
const mostProbed = 300
/** More than anybody counts. */
const mostCounted = 1_000_000

/** One page of a list of people. */
export async function findPeople(
  services: Pick<AccountServices, 'store' | 'clock'>,
  query: ListQuery,
): Promise<ListPage> {
  const listings = services.store.listings as Listings
  const { limit = 50, after } = query
  const walk = await walkOf(listings, query, services.clock())
  if (walk === undefined) return { people: [], count: 0, more: false }
  const begin = after === undefined ? walk.begin : readCursor(after, walk.index)
  const counts = after === undefined && walk.fits !== undefined
  const found = await look(listings, { ...walk, begin }, limit, counts)
  const count = after === undefined ? await countOf(listings, walk, found) : {}
  return { people: found.people, next: found.next && cursorOf(found.next, walk.index), ...count }
}

/** How people are gone through: by an index, and which of them fit where it lists others too. */
interface Walk {
  index: ListIndex
  value: string
  backwards: boolean
  begin?: Listing | undefined
  /** Where everybody listed fits: missing. */
  fits?: ((one: Listing) => boolean) | undefined
  /** After the first that this is said of, nobody fits. */
  ends?: ((one: Listing) => boolean) | undefined
}

async function walkOf(listings: Listings, query: ListQuery, now: number): Promise<Walk | undefined> {
  const { organization = everywhere, sort = 'name', descending = false } = query
  const words = searchWords(query.text ?? '')
  const value = listUnder(organization, query)
  const signed = signedInFits(query.signedIn, now)
  if (words.length > 0) {
    const gram = await rarest(listings, organization, words)
    if (gram === undefined) return undefined
    const fits = (one: Listing) => isAskedFor(one, query) && holdsWords(one.text, words) && signed(one)
    return { index: 'text', value: gramUnder(organization, gram), backwards: descending, fits }
  }
  if (query.signedIn !== undefined) return { ...signedInWalk(query.signedIn, now), index: 'bySignIn', value }
  return { index: indexOf[sort], value, backwards: descending }
}

function signedInFits(wanted: SignedIn | undefined, now: number): (one: Listing) => boolean {
  return ({ signedInOn }) => {
    if (wanted === undefined) return true
    if (wanted === 'never') return signedInOn === undefined
    return wanted === 'recent' ? (signedInOn ?? 0) >= now - 30 * day : (signedInOn ?? 0) < now - 90 * day
  }
}

/** In the order of the last sign-in, those that are asked for stand together. */
function signedInWalk(wanted: SignedIn, now: number): Pick<Walk, 'backwards' | 'begin' | 'fits' | 'ends'> {
  const fits = signedInFits(wanted, now)
  const ends = (one: Listing) => !fits(one)
  if (wanted === 'recent') return { backwards: true, fits, ends }
  if (wanted === 'never') return { backwards: false, fits, ends }
  return { backwards: true, begin: { id: '', signedInOn: now - 90 * day } as Listing, fits }
}

/** Of the pieces of the words the one that the fewest have: it leaves the fewest to look at. */
async function rarest(
  listings: Listings,
  organization: string,
  words: readonly string[],
): Promise<string | undefined> {
  const grams = words.flatMap(gramsOf).slice(0, 16)
  const counted = await Promise.all(
    grams.map(async (gram) => ({
      gram,
      count: await listings.count('text', gramUnder(organization, gram), mostProbed),
    })),
  )
  if (counted.some(({ count }) => count === 0)) return undefined
  return counted.toSorted((a, b) => a.count - b.count)[0]?.gram
}

interface Looked {
  people: Listing[]
  /** The last that was taken, or looked at; missing at the end. */
  next?: Listing | undefined
  /** How many fit of those that were looked at, and whether that was all. */
  fitting: number
  all: boolean
}

async function look(listings: Listings, walk: Walk, limit: number, counts: boolean): Promise<Looked> {
  const { index, value, backwards, fits, ends } = walk
  const fitting: Listing[] = []
  const batch = fits === undefined ? limit + 1 : lookedAtOnce
  let after = walk.begin
  for (let looked = 0; ; ) {
    const page = await listings.find(index, value, { limit: batch, after, backwards: backwards || undefined })
    const end = ends === undefined ? -1 : page.findIndex(ends)
    const before = end < 0 ? page : page.slice(0, end)
    fitting.push(...(fits === undefined ? before : before.filter(fits)))
    after = page.at(-1)
    looked += page.length
    if (end >= 0 || page.length < batch) return pageOf(fitting, limit, undefined)
    if (looked >= mostLookedAt || (fitting.length > limit && !counts)) return pageOf(fitting, limit, after)
  }
}

/** @param goesOn where those begin that were not looked at. */
function pageOf(fitting: Listing[], limit: number, goesOn: Listing | undefined): Looked {
  const { shown: people, last } = cutTo(fitting, limit)
  return { people, next: last ?? goesOn, fitting: fitting.length, all: goesOn === undefined }
}

async function countOf(
  listings: Listings,
  walk: Walk,
  { fitting, all }: Looked,
): Promise<Pick<ListPage, 'count' | 'more'>> {
  if (walk.fits !== undefined) return { count: fitting, more: !all }
  return { count: await listings.count(walk.index, walk.value, mostCounted), more: false }
}

/** Where a page ends: the place in the index, and nothing else. */
function cursorOf(one: Listing, index: ListIndex): string {
  return Buffer.from(JSON.stringify([one.id, one[orderOf[index]] ?? null])).toString('base64url')
}

/** Whatever else stands there begins at the beginning. */
function readCursor(cursor: string, index: ListIndex): Listing | undefined {
  try {
    const [id, place] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (typeof id !== 'string' || (place !== null && typeof place !== 'number')) return undefined
    return { id, [orderOf[index]]: place ?? undefined } as unknown as Listing
  } catch {
    return undefined
  }
}
