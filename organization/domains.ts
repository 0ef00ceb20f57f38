import { randomUUID } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'
import type { Done } from '../account/use-cases.ts'
import { withEffects } from '../rules/effect.ts'
import type { Organization } from '../rules/organization.ts'
import { told } from '../rules/told.ts'

const domainName = /^(?=.{1,253}$)([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u

/**
 * Says which domains are an organization's, for the operator, who has made sure: accounts whose sign-in address is there
 * belong to it, and it may say whether they sign in. Of two organizations with one domain the older one has it.
 */
export async function setDomains(
  services: AccountServices,
  id: string,
  typed: string[],
  by: string,
): Promise<Done<'unknown' | 'unreadable' | 'taken'>> {
  const domains = [...new Set(typed.map((one) => one.trim().toLowerCase()))]
  if (!domains.every((one) => domainName.test(one))) return { ok: false, reason: 'unreadable' }
  for (const domain of domains) {
    const holders = await services.store.organizations.find('domain', domain, { limit: 2 })
    if (holders.some((one) => one.id !== id)) return { ok: false, reason: 'taken' }
  }
  const cause = `domains:${randomUUID()}`
  return services.change('organizations', id, (current): [Organization | undefined, Done<'unknown'>] => {
    if (current === undefined) return [current, { ok: false, reason: 'unknown' }]
    const detail = { before: (current.domains ?? []).join(' '), domains: domains.join(' ') }
    const happening = { id: cause, event: 'organization.domains' as const, detail }
    return [withEffects({ ...current, domains }, told({ subject: id, actor: by }, happening)), { ok: true }]
  })
}
