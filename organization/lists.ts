import type { AccountServices } from '../account/services.ts'
import type { Collection } from '../adapters/store/port.ts'
import {
  everywhere,
  gramUnder,
  isAskedFor,
  type ListFilter,
  type Listing,
  listedFilter,
  listsCounted,
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
/** So many stand among those of a page whom nearly everybody fits. */
const fewOthers = 20
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
  const counts = after === undefined && walk.counted === undefined
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
  /** Where nothing else was asked for: by this, whoever fits is counted without being looked at. */
  counted?: ListFilter & { organization: string }
}

async function walkOf(listings: Listings, query: ListQuery, now: number): Promise<Walk | undefined> {
  const { organization = everywhere, sort = 'name', descending = false } = query
  // There is no role but in an organization.
  if (organization === everywhere && query.role !== undefined) return undefined
  const words = searchWords(query.text ?? '')
  const value = listUnder(organization, listedFilter(query))
  const signed = signedInFits(query.signedIn, now)
  const fits = (one: Listing) => isAskedFor(one, query) && holdsWords(one.text, words) && signed(one)
  if (words.length > 0) {
    const found = await textWalk(listings, organization, words)
    return found && { index: 'byName', value, ...found, backwards: descending, fits }
  }
  if (query.signedIn !== undefined)
    return { ...signedInWalk(query.signedIn, now), index: 'bySignIn', value, fits }
  const counted = { ...query, organization }
  return {
    index: indexOf[sort],
    value,
    backwards: descending,
    counted,
    fits: needsLook(query) ? fits : undefined,
  }
}

/** Whether the list that holds whom a filter asks for holds others as well. */
const needsLook = (query: ListFilter): boolean => listsCounted(query) !== undefined

function signedInFits(wanted: SignedIn | undefined, now: number): (one: Listing) => boolean {
  return ({ signedInOn }) => {
    if (wanted === undefined) return true
    if (wanted === 'never') return signedInOn === undefined
    return wanted === 'recent' ? (signedInOn ?? 0) >= now - 30 * day : (signedInOn ?? 0) < now - 90 * day
  }
}

/** In the order of the last sign-in, those that are asked for stand together. */
function signedInWalk(wanted: SignedIn, now: number): Pick<Walk, 'backwards' | 'begin' | 'ends'> {
  const fits = signedInFits(wanted, now)
  const ends = (one: Listing) => !fits(one)
  if (wanted === 'recent') return { backwards: true, ends }
  if (wanted === 'never') return { backwards: false, ends }
  return { backwards: true, begin: { id: '', signedInOn: now - 90 * day } as Listing }
}

/**
 * Of the pieces of the words the one that the fewest have: it leaves the fewest to look at. Words that have none lead
 * through everybody; where nobody has a piece, nowhere.
 */
async function textWalk(
  listings: Listings,
  organization: string,
  words: readonly string[],
): Promise<Partial<Pick<Walk, 'index' | 'value'>> | undefined> {
  const grams = words.flatMap(gramsOf).slice(0, 16)
  if (grams.length === 0) return {}
  const counted = await Promise.all(
    grams.map(async (gram) => ({
      gram,
      count: await listings.count('text', gramUnder(organization, gram), mostProbed),
    })),
  )
  if (counted.some(({ count }) => count === 0)) return undefined
  const [rarest] = counted.toSorted((a, b) => a.count - b.count)
  return { index: 'text', value: gramUnder(organization, rarest!.gram) }
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
  const { index, value, backwards, fits, ends, counted } = walk
  const fitting: Listing[] = []
  const batch = counted === undefined ? lookedAtOnce : limit + (fits === undefined ? 1 : fewOthers)
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
  if (walk.counted === undefined) return { count: fitting, more: !all }
  return { count: await countFitting(listings, walk.counted), more: false }
}

async function countFitting(
  listings: Listings,
  asked: ListFilter & { organization: string },
): Promise<number> {
  const { organization } = asked
  const lists = listsCounted(asked)
  if (lists === undefined) return listings.count('byName', listUnder(organization, asked), mostCounted)
  const count = (filter: ListFilter) => countFitting(listings, { ...filter, organization })
  const [whole, ...without] = await Promise.all([lists.whole, ...lists.without].map(count))
  return Math.max(
    0,
    without.reduce((left, some) => left - some, whole!),
  )
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
