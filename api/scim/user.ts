import { z } from 'zod'
import type { Locale } from '../../rules/account.ts'
import { tagFor } from '../../rules/locale.ts'
import type { Membership } from '../../rules/membership.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import type { Names } from '../../rules/person-change.ts'
import { shownVersion } from '../../rules/version.ts'
import type { ScimCall } from './call.ts'
import { ScimFault } from './fault.ts'

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** Whether somebody gets in: the membership counts, and the account may sign in. */
export const isActive = (person: OwnPerson, membership: Membership): boolean =>
  person.status === 'active' && membership.suspended === undefined

/** The only address that a directory hears of is the one that they sign in with. */
export const mailOf = (login: string) => ({ value: login, type: 'work', primary: true })

/** Names what a directory has seen of somebody. */
export const userVersion = (call: ScimCall, person: OwnPerson, membership: Membership): string =>
  scimUser(call, person, membership).meta.version.replace(/^W\/|"/g, '')

/** A person as a directory sees them (RFC 7643 §4.1). No secret of theirs is among it, and nothing of other organizations. */
export function scimUser(call: ScimCall, person: OwnPerson, membership: Membership) {
  const { id, login, externalId, name, givenName, familyName, locale, createdAt } = person
  const shown = {
    schemas: [userSchema],
    id,
    externalId,
    userName: login,
    name: { formatted: name, givenName, familyName },
    displayName: name,
    preferredLanguage: locale,
    locale,
    active: isActive(person, membership),
    emails: [mailOf(login)],
    groups: [{ value: membership.role, $ref: `${call.base}/Groups/${membership.role}`, type: 'direct' }],
  }
  return {
    ...shown,
    meta: {
      resourceType: 'User',
      created: new Date(createdAt).toISOString(),
      lastModified: new Date(person.updatedAt ?? createdAt).toISOString(),
      location: `${call.base}/Users/${encodeURIComponent(id)}`,
      version: `W/"${shownVersion(shown)}"`,
    },
  }
}

/** What a directory says of a person; attributes that mean nothing here are passed over, passwords among them. */
export interface UserSaid {
  userName?: string | undefined
  names: Partial<Names>
  /** What they are said to have no more. */
  gone: Erasable[]
  active?: boolean | undefined
}

export type Erasable = 'givenName' | 'familyName' | 'externalId'

const canGo: { readonly [attribute: string]: Erasable } = {
  'name.givenname': 'givenName',
  'name.familyname': 'familyName',
  externalid: 'externalId',
}

const text = z.string().max(500).optional().catch(undefined)

const emails = z
  .array(
    z.looseObject({
      value: z.string().max(500),
      primary: z.unknown().optional(),
      type: z.unknown().optional(),
    }),
  )
  .optional()
  .catch(undefined)

/** Reads a resource whose attributes are flat and in lower case (patch.ts). */
export function readUser(flat: { [name: string]: unknown }): UserSaid {
  const given = text.parse(flat['name.givenname']) || undefined
  const family = text.parse(flat['name.familyname']) || undefined
  const joined = [given, family].filter(Boolean).join(' ')
  const name = text.parse(flat.displayname) || text.parse(flat['name.formatted']) || joined || undefined
  const names: Partial<Names> = {
    givenName: given,
    familyName: family,
    externalId: text.parse(flat.externalid) || undefined,
  }
  const locale = localeIn(flat.preferredlanguage ?? flat.locale)
  if (name !== undefined) names.name = name
  if (locale !== undefined) names.locale = locale
  const gone = Object.entries(canGo).flatMap(([attribute, one]) => (isNothing(flat[attribute]) ? [one] : []))
  return { userName: loginIn(flat), names, gone, active: readActive(flat.active) }
}

const isNothing = (value: unknown): boolean => value === null || value === ''

/** Where `userName` is no address, as Entra allows, the primary mail is. */
function loginIn(flat: { [name: string]: unknown }): string | undefined {
  const named = text.parse(flat.username)
  return named?.includes('@') === true ? named : (mainMail(flat.emails) ?? firstMail(flat.emails) ?? named)
}

const mailsIn = (value: unknown) => emails.parse(value) ?? []

/** The mail that is said to be the main one, or the one at work. */
export function mainMail(value: unknown): string | undefined {
  const listed = mailsIn(value)
  const main =
    listed.find(({ primary }) => readActive(primary) === true) ??
    listed.find(({ type }) => String(type).toLowerCase() === 'work')
  return main?.value
}

export const firstMail = (value: unknown): string | undefined => mailsIn(value)[0]?.value

/** Directories write `de_DE` as well. */
const localeIn = (value: unknown): Locale | undefined =>
  typeof value === 'string' ? tagFor(value.replaceAll('_', '-')) : undefined

/** Entra writes `"False"`. */
export function readActive(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  const said = String(value).toLowerCase()
  if (said === 'true' || said === 'false') return said === 'true'
  throw new ScimFault(400, '`active` is true or false', 'invalidValue')
}
