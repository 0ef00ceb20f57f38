import { readNumber } from '../../account/phone-number.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { auth0Person, isAuth0 } from './auth0.ts'
import { named, peopleOfCsv } from './csv-fields.ts'
import { type FirebaseHashing, firebaseCsv, firebasePerson } from './firebase.ts'
import { keycloakPerson } from './keycloak.ts'
import type { Mapped, MappedFields } from './mapped.ts'
import { isOkta, oktaCsv, oktaPerson } from './okta.ts'
import { type Content, type FileRecord, readAnew } from './records.ts'

export const sources = ['rekey', 'keycloak', 'auth0', 'okta', 'firebase'] as const
export type Source = (typeof sources)[number]

/** What a file says in our own words, unchecked. */
export interface Given {
  source: Source
  organizations: FileRecord[]
  people: Iterable<FileRecord>
  /** Entries that are nobody's: accounts of services, people without an address. By why. */
  leftOut: { line: number; why: string }[]
}

export function givenBy(content: Content, wanted: Source | undefined, firebase?: FirebaseHashing): Given {
  const { source, organizations, people } = entriesOf(content, wanted)
  const read = reader(source, firebase)
  const leftOut: Given['leftOut'] = []
  for (const record of people) {
    const { why } = read(record)
    if (why !== undefined) leftOut.push({ line: record.at.line, why })
  }
  return { source, organizations, people: readAnew(() => somebodies(people, read)), leftOut }
}

function* somebodies(people: Iterable<FileRecord>, read: ReturnType<typeof reader>): Generator<FileRecord> {
  for (const record of people) {
    const { person } = read(record)
    if (person !== undefined) yield person
  }
}

/** What is said of an entry in our own words, and what is left out of it, or why all of it is. */
function reader(
  source: Source,
  firebase?: FirebaseHashing,
): (record: FileRecord) => { person?: FileRecord; why?: string } {
  const map = mapperOf(source, firebase)
  return (record) => {
    // What is no object is said where everything else is that is wrong.
    if (!isObject(record.value)) return { person: record }
    const mapped = map(record.value)
    if (typeof mapped.leftOut === 'string') return { why: mapped.leftOut }
    const value = withoutNothing(named(mapped as MappedFields))
    if (source === 'rekey' || !isLoose(value.phone)) return { person: { at: record.at, value } }
    const { phone: _, ...rest } = value
    const why = 'its phone number, which lacks the code of a country'
    return { person: { at: record.at, value: rest }, why }
  }
}

const isObject = (value: unknown): value is MappedFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Elsewhere people wrote what they liked into their profile. */
const isLoose = (phone: unknown): boolean => typeof phone === 'string' && readNumber(phone) === undefined

function mapperOf(source: Source, firebase?: FirebaseHashing): (value: MappedFields) => Mapped {
  if (source === 'keycloak') return keycloakPerson
  if (source === 'auth0') return auth0Person
  if (source === 'okta') return oktaPerson
  return source === 'firebase' ? (value) => firebasePerson(value, firebase) : (value) => value
}

/** Other systems write null, and empty text, where there is nothing. */
const withoutNothing = (value: MappedFields): MappedFields =>
  Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null && one !== undefined && one !== ''),
  )

interface Entries {
  source: Source
  organizations: FileRecord[]
  people: Iterable<FileRecord>
}

function entriesOf(content: Content, wanted?: Source): Entries {
  if (content.kind === 'json') return jsonEntries(content, wanted)
  if (content.kind === 'lines') {
    const people = readAnew(() => entriesIn(content.records, 'person'))
    const [first] = people
    return {
      source: wanted ?? guess(first?.value),
      organizations: [...entriesIn(content.records, 'organization')],
      people,
    }
  }
  const source = wanted ?? csvSource(content.header)
  if (source === 'firebase') return { source, organizations: [], people: firebaseCsv(content) }
  if (source === 'okta') return { source, organizations: [], people: oktaCsv(content) }
  return { source: 'rekey', organizations: [], people: peopleOfCsv(content) }
}

/** Firebase's has no line of names, but very many columns; only Okta's calls people by a login and their first name. */
function csvSource(header: string[]): Source {
  if (header.length >= 26 && !header.includes('email')) return 'firebase'
  return header.includes('login') && header.includes('firstName') ? 'okta' : 'rekey'
}

function* entriesIn(records: Iterable<FileRecord>, wanted: 'organization' | 'person'): Generator<FileRecord> {
  for (const record of records) {
    const kind = isObject(record.value) && record.value.type === 'organization' ? 'organization' : 'person'
    if (kind === wanted) yield isObject(record.value) ? withoutType(record) : record
  }
}

function withoutType({ at, value: { type: _, ...value } }: FileRecord): FileRecord {
  return { at, value }
}

type Json = Content & { kind: 'json' }

function jsonEntries(content: Json, wanted?: Source): Entries {
  const { value } = content
  return Array.isArray(value) ? listEntries(content, value, wanted) : wholeEntries(content, wanted)
}

/** A list as records, whose lines are counted when somebody asks. */
function recordsAt({ lineOf }: Json, list: unknown, path: (string | number)[]): FileRecord[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) throw new ExplainedRefusal(`${path.join('.')}: no list`)
  return list.map((value, index) => ({
    at: {
      get line() {
        return lineOf([...path, index])
      },
    },
    value,
  }))
}

function listEntries(content: Json, list: unknown[], wanted?: Source): Entries {
  const ofRealm = (one: unknown, index: number) =>
    isRealm(one) ? recordsAt(content, one.users, [index, 'users']) : []
  return list.some(isRealm)
    ? { source: 'keycloak', organizations: [], people: somebody(list.flatMap(ofRealm)) }
    : { source: wanted ?? guess(list[0]), organizations: [], people: recordsAt(content, list, []) }
}

function wholeEntries(content: Json, wanted?: Source): Entries {
  const whole = content.value as MappedFields
  const users = recordsAt(content, whole.users, ['users'])
  if (isRealm(whole)) return { source: 'keycloak', organizations: [], people: somebody(users) }
  if (whole.users !== undefined)
    return { source: wanted ?? guess(users[0]?.value), organizations: [], people: users }
  const odd = Object.keys(whole).filter((name) => name !== 'people' && name !== 'organizations')
  if (odd.length > 0)
    throw new ExplainedRefusal(
      `${odd.join(', ')}: no such part of a file; there are organizations and people`,
    )
  return {
    source: 'rekey',
    organizations: recordsAt(content, whole.organizations, ['organizations']),
    people: recordsAt(content, whole.people, ['people']),
  }
}

/** `kc.sh export --file` without `--realm` writes a list of them. */
const isRealm = (value: unknown): value is MappedFields & { realm: unknown } =>
  isObject(value) && 'realm' in value

/** By itself Keycloak writes people into files of their own. */
function somebody(people: FileRecord[]): FileRecord[] {
  if (people.length > 0) return people
  throw new ExplainedRefusal(
    'nobody is in this export of Keycloak: take the file …-users-0.json beside it, or kc.sh export --users same_file',
  )
}

function guess(first: unknown): Source {
  if (!isObject(first)) return 'rekey'
  if ('localId' in first) return 'firebase'
  if (isOkta(first)) return 'okta'
  if ('username' in first && ('credentials' in first || 'createdTimestamp' in first || 'enabled' in first))
    return 'keycloak'
  return isAuth0(first) ? 'auth0' : 'rekey'
}
