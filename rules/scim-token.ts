import { withEffects } from './effect.ts'
import { isLately } from './lately.ts'
import type { Organization } from './organization.ts'
import { told } from './told.ts'

/** How a token of a directory begins: whoever finds one knows what it is. */
export const scimTokenPrefix = 'rkscim_'

/** By whom and when; `id` makes the change's effects recognizable. */
export interface ScimTokenBy {
  id: string
  by: string
  at: number
}

/** One at a time: the token before is good for nothing from now on. Only its hash is kept. */
export function withScimToken(current: Organization, hash: string, about: ScimTokenBy): Organization {
  const { by, at } = about
  return withEffects(
    { ...current, scimToken: { hash, by, at } },
    tokenTold(current, 'scim_token.made', about),
  )
}

export function withoutScimToken(current: Organization, about: ScimTokenBy): Organization {
  const { scimToken, ...rest } = current
  return scimToken === undefined
    ? current
    : withEffects(rest, tokenTold(current, 'scim_token.revoked', about))
}

/** When a token was last used is known to the hour: a directory asks all the time. Milliseconds. */
const usedEvery = 3_600_000

/** The organization whose token is used now, where that is worth a write. */
export function usedScimToken(current: Organization, hash: string, at: number): Organization {
  const { scimToken } = current
  const known = scimToken?.hash !== hash || isLately(scimToken.usedAt ?? 0, usedEvery, at)
  return known ? current : { ...current, scimToken: { ...scimToken, usedAt: at } }
}

const tokenTold = (
  { id: organization }: Organization,
  event: 'scim_token.made' | 'scim_token.revoked',
  { id, by, at }: ScimTokenBy,
) => told({ subject: organization, actor: by, at }, { id, event, detail: { organization } })
