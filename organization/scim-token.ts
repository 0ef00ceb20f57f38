import { randomUUID, timingSafeEqual } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'
import type { Done } from '../account/use-cases.ts'
import { randomToken, tokenHash } from '../adapters/secrets/key-ring.ts'
import type { Organization } from '../rules/organization.ts'
import { scimTokenPrefix, usedScimToken, withoutScimToken, withScimToken } from '../rules/scim-token.ts'

type Services = Pick<AccountServices, 'change' | 'clock'>

export type ScimTokenMade = { ok: true; token: string; at: number } | { ok: false; reason: 'unknown' }

/**
 * A token for directories that know no other way than one that lasts. It is told here, and never again; the one before is
 * good for nothing from now on.
 */
export function makeScimToken(services: Services, organization: string, by: string): Promise<ScimTokenMade> {
  const token = scimTokenPrefix + randomToken()
  const about = aboutOf(services, by)
  return services.change(
    'organizations',
    organization,
    (current): [Organization | undefined, ScimTokenMade] =>
      current === undefined
        ? [current, { ok: false, reason: 'unknown' }]
        : [withScimToken(current, tokenHash(token), about), { ok: true, token, at: about.at }],
  )
}

export function revokeScimToken(
  services: Services,
  organization: string,
  by: string,
): Promise<Done<'unknown'>> {
  const about = aboutOf(services, by)
  return services.change(
    'organizations',
    organization,
    (current): [Organization | undefined, Done<'unknown'>] =>
      current?.scimToken === undefined
        ? [current, { ok: false, reason: 'unknown' }]
        : [withoutScimToken(current, about), { ok: true }],
  )
}

export const isScimToken = (token: string): boolean => token.startsWith(scimTokenPrefix)

/** The organization whose token it is, which is used now. */
export async function organizationOfToken(
  { store, change, clock }: Pick<AccountServices, 'store' | 'change' | 'clock'>,
  organization: string,
  token: string,
): Promise<Organization | undefined> {
  const found = await store.organizations.get(organization)
  const hash = Buffer.from(tokenHash(token))
  const wanted = found?.scimToken && Buffer.from(found.scimToken.hash)
  if (found === undefined || wanted?.length !== hash.length || !timingSafeEqual(wanted, hash))
    return undefined
  const at = clock()
  if (usedScimToken(found, tokenHash(token), at) !== found)
    await change('organizations', organization, (current) => [
      current && usedScimToken(current, tokenHash(token), at),
      undefined,
    ])
  return found
}

const aboutOf = ({ clock }: Services, by: string) => ({ id: `scim-token:${randomUUID()}`, by, at: clock() })
