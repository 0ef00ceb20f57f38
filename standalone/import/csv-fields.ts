import { tagFor } from '../../rules/locale.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { type Content, type CsvRow, type FileRecord, readAnew } from './records.ts'

/** Names that others give our fields, in small letters and without spaces. */
const aliases: { [written: string]: string } = {
  mail: 'email',
  emailaddress: 'email',
  primaryemail: 'email',
  fullname: 'name',
  displayname: 'name',
  firstname: 'givenName',
  lastname: 'familyName',
  surname: 'familyName',
  dateofbirth: 'birthDate',
  birthday: 'birthDate',
  language: 'locale',
  phonenumber: 'phone',
  mobilephone: 'phone',
  hash: 'passwordHash',
  secondemail: 'noticeAddresses',
  userid: 'externalId',
}

const fields = [
  'id',
  'externalId',
  'email',
  'emailVerified',
  'name',
  'givenName',
  'familyName',
  'birthDate',
  'locale',
  'status',
  'createdAt',
  'lastSignInAt',
  'password',
  'passwordHash',
  'totp',
  'backupCodes',
  'texts',
  'calls',
  'phone',
  'noticeAddresses',
  'memberships',
  'supportAgent',
  'operator',
]

const essence = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')
const known = new Map(fields.map((field) => [essence(field), field]))

/** Which of our fields a column is; as it is written where it is none, so that it is said. */
const fieldOf = (column: string): string => known.get(essence(column)) ?? aliases[essence(column)] ?? column

/** Rows as people: what is a list there has its parts apart by spaces, | or ;. */
export function peopleOfCsv({ header, rows }: Content & { kind: 'csv' }): Iterable<FileRecord> {
  const names = header.map(fieldOf)
  refuseTwice(header, names)
  return readAnew(function* () {
    for (const row of rows) yield personOf(names, row)
  })
}

function personOf(names: string[], { at, cells }: CsvRow): FileRecord {
  const given = names.flatMap((name, index) => {
    const cell = cells[index] ?? ''
    return cell === '' ? [] : [[name, cellAs(name, cell)] as const]
  })
  // A name with a comma that stands in no quotes moves all that follows it.
  const beyond = cells.slice(names.length).some((cell) => cell !== '')
  const odd = beyond ? { [`column ${names.length + 1}, beyond the names of the first line`]: 'beyond' } : {}
  return { at, value: { ...named(Object.fromEntries(given)), ...odd } }
}

function refuseTwice(header: string[], names: string[]): void {
  const index = names.findIndex((name, at) => name !== '' && names.indexOf(name) < at)
  if (index < 0) return
  const first = header[names.indexOf(names[index]!)]
  throw new ExplainedRefusal(`two columns are the same field: "${first}" and "${header[index]}"`)
}

const parts = (cell: string): string[] => cell.split(/[\s|;]+/).filter(Boolean)

function cellAs(field: string, cell: string): unknown {
  switch (field) {
    case 'emailVerified':
    case 'supportAgent':
    case 'operator':
      return truth[cell.toLowerCase()] ?? cell
    case 'status':
      return cell.toLowerCase()
    case 'locale':
      return tagFor(cell) ?? cell
    case 'totp':
    case 'backupCodes':
    case 'texts':
    case 'calls':
    case 'noticeAddresses':
      return parts(cell)
    case 'memberships':
      return parts(cell).map((one) => {
        const [organization, role] = one.split(':')
        return { organization, role }
      })
    default:
      return cell
  }
}

const truth: { [word: string]: boolean } = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
}

/** A name of its own, of its parts, or the address’s. */
export function named(person: { [field: string]: unknown }): { [field: string]: unknown } {
  if (person.name !== undefined) return person
  const whole = [person.givenName, person.familyName]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ')
  const name = whole || (typeof person.email === 'string' ? person.email.split('@')[0] : undefined)
  return name ? { ...person, name } : person
}
