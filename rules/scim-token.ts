import type { Organization } from './account.ts'
import { withEffects } from './effect.ts'
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

const tokenTold = (
  { id: organization }: Organization,
  event: 'scim_token.made' | 'scim_token.revoked',
  { id, by, at }: ScimTokenBy,
) => told({ subject: organization, actor: by, at }, { id, event, detail: { organization } })
