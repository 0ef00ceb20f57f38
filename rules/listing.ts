import type { Protection } from './account.ts'
import { usableFactors } from './factor.ts'
import type { Membership } from './membership.ts'
import type { OwnPerson } from './own-person.ts'
import { grams, searchText, textRank } from './search-text.ts'

/** The whole installation, where somebody is listed whatever they belong to. */
export const everywhere = ''

export type ListedStatus = 'active' | 'suspended' | 'deactivated' | 'removed'

/** Second factors, as lists tell them. */
export type ListedMethods = 'none' | 'one' | 'several'

/**
 * Somebody as the list of an organization has them, beside the documents that say so. It follows every change of these,
 * so that lists are searched, filtered and sorted by indexes.
 */
export interface Listing {
  /** `${organization}:${account}` */
  id: string
  organization: string
  account: string
  name: string
  email: string
  role?: Membership['role']
  status: ListedStatus
  methods: ListedMethods
  /** There are second factors, and no backup code stands in for them. */
  noCodes?: true
  /** The day of the last sign-in, in milliseconds: sign-ins of one day change nothing here. */
  signedInOn?: number
  since?: number
  /** Sorts by name. */
  rank: number
  /** What is searched. */
  text: string
  /** Under which filters it is found. */
  lists: string[]
  grams: string[]
}

/** Who somebody is, as far as lists tell. */
export interface PersonToList {
  id: string
  name: string
  email: string
  status: OwnPerson['status']
}

const day = 86_400_000

/** What a list tells of the protection. */
export function listedProtection(
  protection: Protection,
): Pick<Listing, 'methods' | 'noCodes' | 'signedInOn'> {
  const { length } = usableFactors(protection)
  const codes = protection.backupCodes?.codes.some(({ usedAt }) => usedAt === undefined)
  const confirmed = protection.backupCodes?.confirmedAt !== undefined
  const { lastSignInAt } = protection
  return {
    methods: length === 0 ? 'none' : length === 1 ? 'one' : 'several',
    noCodes: length > 0 && !(codes && confirmed) ? true : undefined,
    signedInOn: lastSignInAt === undefined ? undefined : Math.floor(lastSignInAt / day) * day,
  }
}

/** Filters of a list; what is left out is anything. */
export interface ListFilter {
  role?: Membership['role'] | undefined
  status?: ListedStatus | undefined
  methods?: 'none' | 'one' | 'no_codes' | undefined
}

/** What nearly everybody is. It has no list: whoever is in none of the others is that. */
const usual = { role: 'member', status: 'active' } as const

/** The filter whose list holds whom another one asks for, and perhaps others besides. */
export const listedFilter = (filter: ListFilter): ListFilter => ({
  ...filter,
  role: filter.role === usual.role ? undefined : filter.role,
  status: filter.status === usual.status ? undefined : filter.status,
})

/** Lists that come to whom a filter asks for: the first, without the others, which are parts of it. */
export function listsCounted(filter: ListFilter): { whole: ListFilter; without: ListFilter[] } | undefined {
  if (filter.role === usual.role)
    return { whole: { ...filter, role: undefined }, without: [{ ...filter, role: 'super_admin' }] }
  if (filter.status === usual.status)
    return {
      whole: { ...filter, status: undefined },
      without: unusualStatuses.map((status) => ({ ...filter, status })),
    }
  return undefined
}

const unusualStatuses = ['suspended', 'deactivated', 'removed'] as const satisfies ListedStatus[]

/** The value that an index has for a filter, in one organization. */
export function listUnder(organization: string, { role = '', status = '', methods = '' }: Filled): string {
  return [role, status, methods, organization].join('|')
}

type Filled = { [name in keyof ListFilter]: string | undefined }

/** The value that an index has for a piece of text, in one organization. */
export const gramUnder = (organization: string, gram: string): string => `${gram}\n${organization}`

/** Sorts by name, and who has none by the address. */
export const listRank = ({ name, email }: Pick<PersonToList, 'name' | 'email'>): number =>
  textRank(name === '' ? email : name)

/** Somebody in the list of the whole installation, and in that of each organization. */
export function listingsOf(
  person: PersonToList,
  protection: Protection,
  memberships: readonly Membership[],
): Listing[] {
  const shown = listedProtection(protection)
  const text = `${searchText(person.name)} ${searchText(person.email)}`
  const rank = listRank(person)
  const searched = { text, rank, grams: grams(text) }
  return [undefined, ...memberships].map((membership) => listing(person, shown, searched, membership))
}

function listing(
  { id: account, name, email, status }: PersonToList,
  protection: ReturnType<typeof listedProtection>,
  searched: Pick<Listing, 'text' | 'rank' | 'grams'>,
  membership: Membership | undefined,
): Listing {
  const organization = membership?.organization ?? everywhere
  const shown: ListedStatus =
    status === 'active' && membership?.suspended !== undefined ? 'suspended' : status
  const { role, since } = membership ?? {}
  const told = { account, organization, name, email, role, since, status: shown, ...protection }
  return {
    id: `${organization}:${account}`,
    ...told,
    rank: searched.rank,
    text: searched.text,
    lists: filtersOf(told).map((filter) => listUnder(organization, filter)),
    grams: searched.grams.map((gram) => gramUnder(organization, gram)),
  }
}

/** Every filter that lets somebody through: each of role, status and methods is asked for or not, but for what is usual. */
function filtersOf({
  role,
  status,
  methods,
  noCodes,
}: Pick<Listing, 'role' | 'status' | 'methods' | 'noCodes'>): Filled[] {
  const kinds = [undefined, ...(methods === 'several' ? [] : [methods]), ...(noCodes ? ['no_codes'] : [])]
  return [undefined, ...(role === undefined || role === usual.role ? [] : [role])].flatMap((asked) =>
    [undefined, ...(status === usual.status ? [] : [status])].flatMap((state) =>
      kinds.map((kind) => ({ role: asked, status: state, methods: kind })),
    ),
  )
}

/** Whether somebody is one of those that a filter asks for. */
export function isAskedFor(one: Listing, { role, status, methods }: ListFilter): boolean {
  if (role !== undefined && one.role !== role) return false
  if (status !== undefined && one.status !== status) return false
  if (methods === undefined) return true
  return methods === 'no_codes' ? one.noCodes === true : one.methods === methods
}

/** Whether a list would tell the same of two states of a document. */
export const tellsTheSame = (one: object | undefined, other: object | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other)
