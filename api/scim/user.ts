import { z } from 'zod'
import type { Locale, Membership } from '../../rules/account.ts'
import { tagFor } from '../../rules/locale.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import type { Names } from '../../rules/person-change.ts'
import { apiVersion } from '../version.ts'
import type { ScimCall } from './call.ts'
import { ScimFault } from './fault.ts'

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** Whether somebody gets in: the membership counts, and the account may sign in. */
export const isActive = (person: OwnPerson, membership: Membership): boolean =>
  person.status === 'active' && membership.suspended === undefined

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
    emails: [{ value: login, type: 'work', primary: true }],
    groups: [{ value: membership.role, $ref: `${call.base}/Groups/${membership.role}`, type: 'direct' }],
  }
  return {
    ...shown,
    meta: {
      resourceType: 'User',
      created: new Date(createdAt).toISOString(),
      lastModified: new Date(person.updatedAt ?? createdAt).toISOString(),
      location: `${call.base}/Users/${encodeURIComponent(id)}`,
      version: `W/"${apiVersion(shown)}"`,
    },
  }
}

/** What a directory says of a person; attributes that mean nothing here are passed over, passwords among them. */
export interface UserSaid {
  userName?: string | undefined
  names: Partial<Names>
  active?: boolean | undefined
}

const text = z.string().max(500).optional().catch(undefined)

const emails = z
  .array(z.looseObject({ value: z.string().max(500), primary: z.unknown(), type: z.unknown() }))
  .optional()
  .catch(undefined)

/** Reads a resource whose attributes are flat and in lower case (patch.ts). */
export function readUser(flat: { [name: string]: unknown }): UserSaid {
  const given = text.parse(flat['name.givenname'])
  const family = text.parse(flat['name.familyname'])
  const joined = [given, family].filter(Boolean).join(' ')
  const name = text.parse(flat.displayname) || text.parse(flat['name.formatted']) || joined || undefined
  const names: Partial<Names> = {
    givenName: given,
    familyName: family,
    externalId: text.parse(flat.externalid),
  }
  const locale = localeIn(flat.preferredlanguage ?? flat.locale)
  if (name !== undefined) names.name = name
  if (locale !== undefined) names.locale = locale
  return { userName: loginIn(flat), names, active: readActive(flat.active) }
}

/** Where `userName` is no address, as Entra allows, the primary mail is. */
function loginIn(flat: { [name: string]: unknown }): string | undefined {
  const named = text.parse(flat.username)
  if (named?.includes('@') === true) return named
  const listed = emails.parse(flat.emails) ?? []
  const primary = listed.find(({ primary: yes }) => readActive(yes) === true) ?? listed[0]
  return primary?.value ?? named
}

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
