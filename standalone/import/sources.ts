import { ExplainedRefusal } from '../explained-refusal.ts'
import { auth0Person, isAuth0 } from './auth0.ts'
import { named, peopleOfCsv } from './csv-fields.ts'
import { type FirebaseHashing, firebaseCsv, firebasePerson } from './firebase.ts'
import { keycloakPerson } from './keycloak.ts'
import type { Mapped, MappedFields } from './mapped.ts'
import { isOkta, oktaPerson } from './okta.ts'
import type { Content, FileRecord } from './records.ts'

export const sources = ['rekey', 'keycloak', 'auth0', 'okta', 'firebase'] as const
export type Source = (typeof sources)[number]

/** What a file says in our own words, unchecked. */
export interface Given {
  source: Source
  organizations: FileRecord[]
  people: FileRecord[]
  /** Entries that are nobody's: accounts of services, people without an address. By why. */
  leftOut: { line: number; why: string }[]
}

export function givenBy(content: Content, wanted: Source | undefined, firebase?: FirebaseHashing): Given {
  const { source, organizations, people } = entriesOf(content, wanted)
  const given: Given = { source, organizations, people: [], leftOut: [] }
  for (const { line, value } of people) {
    const mapped = mapperOf(source, firebase)(value)
    if (typeof mapped.leftOut === 'string') given.leftOut.push({ line, why: mapped.leftOut })
    else given.people.push({ line, value: withoutNothing(named(mapped as MappedFields)) })
  }
  return given
}

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
  people: FileRecord[]
}

function entriesOf(content: Content, wanted?: Source): Entries {
  if (content.kind === 'json') return jsonEntries(content, wanted)
  if (content.kind === 'lines') {
    const isPerson = ({ value }: FileRecord) => value.type !== 'organization'
    const plain = content.records.map(({ line, value: { type: _, ...value } }) => ({ line, value }))
    return {
      source: wanted ?? guess(content.records.find(isPerson)?.value ?? {}),
      organizations: plain.filter((_, index) => !isPerson(content.records[index]!)),
      people: plain.filter((_, index) => isPerson(content.records[index]!)),
    }
  }
  if (
    wanted === 'firebase' ||
    (wanted === undefined && content.header.length >= 26 && !content.header.includes('email'))
  )
    return { source: 'firebase', organizations: [], people: firebaseCsv(content) }
  const people = peopleOfCsv(content)
  if (wanted === 'okta') return { source: 'rekey', organizations: [], people: people.map(oktaRow) }
  return { source: 'rekey', organizations: [], people }
}

/** Okta's own columns: the login is no field of ours, and its words for a status are others. */
function oktaRow({ line, value }: FileRecord): FileRecord {
  const { login, status, ...rest } = value
  const words =
    typeof status === 'string'
      ? { status: oktaPerson({ status: status.toUpperCase(), profile: { email: 'x' } }).status }
      : {}
  return { line, value: { ...rest, ...words, email: rest.email ?? login } }
}

function jsonEntries({ value, lineOf }: Content & { kind: 'json' }, wanted?: Source): Entries {
  const records = (list: unknown, path: string[]): FileRecord[] =>
    (Array.isArray(list) ? list : []).map((one, index) => ({
      // Counted where something is wrong alone.
      get line() {
        return lineOf([...path, index])
      },
      value: one,
    }))
  if (Array.isArray(value))
    return { source: wanted ?? guess(value[0] ?? {}), organizations: [], people: records(value, []) }
  const whole = value as MappedFields
  if (Array.isArray(whole.users)) {
    const first = (whole.users[0] ?? {}) as MappedFields
    return {
      source:
        wanted ??
        ('localId' in first ? 'firebase' : 'users' in whole && 'realm' in whole ? 'keycloak' : guess(first)),
      organizations: [],
      people: records(whole.users, ['users']),
    }
  }
  const odd = Object.keys(whole).filter((name) => name !== 'people' && name !== 'organizations')
  if (odd.length > 0)
    throw new ExplainedRefusal(
      `${odd.join(', ')}: no such part of a file; there are organizations and people`,
    )
  return {
    source: 'rekey',
    organizations: records(whole.organizations, ['organizations']),
    people: records(whole.people, ['people']),
  }
}

function guess(first: MappedFields): Source {
  if ('localId' in first) return 'firebase'
  if (isOkta(first)) return 'okta'
  if ('username' in first && ('credentials' in first || 'createdTimestamp' in first || 'enabled' in first))
    return 'keycloak'
  return isAuth0(first) ? 'auth0' : 'rekey'
}
