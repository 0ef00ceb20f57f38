import { Conflict } from '../adapters/store/port.ts'
import type { UpstreamAnswer } from '../adapters/upstream/upstream.ts'
import type { Account } from '../rules/account.ts'
import { withEffects } from '../rules/effect.ts'
import { told } from '../rules/told.ts'
import {
  linkId,
  type UpstreamLink,
  type UpstreamPolicy,
  upstreamOf,
  upstreamOfAddress,
} from '../rules/upstream.ts'
import { factorTerms } from './policies.ts'
import type { AccountServices } from './services.ts'

export type WhoIs =
  | { ok: true; account: Account }
  /** Nobody here; or the address isn't proven there, or is none of the organization's. */
  | { ok: false; reason: 'unknown' }
  /** The person signs in elsewhere. */
  | { ok: false; reason: 'elsewhere' }
  /** The address was somebody else's there: whoever has it now is another person. */
  | { ok: false; reason: 'another_subject' }

/**
 * Whom a provider's answer means: by the subject where it was here before, and the first time by an address that is
 * proven there and of a domain that the operator gave to this provider. A subject is one person, and a person one subject.
 */
export async function whoIs(
  services: AccountServices,
  upstream: UpstreamPolicy,
  answer: UpstreamAnswer,
): Promise<WhoIs> {
  const { store, accounts } = services
  const id = linkId(upstream.issuer, answer.subject)
  const link = await store.upstreamLinks.get(id)
  const account = await (link === undefined
    ? byAddress(services, upstream, answer)
    : accounts.get(link.account))
  if (account === undefined) return { ok: false, reason: 'unknown' }
  const { organizations } = await factorTerms(services, account)
  if (upstreamOf(services.config.upstreams, account, organizations)?.id !== upstream.id)
    return { ok: false, reason: 'elsewhere' }
  if (link === undefined && !(await bound(services, { id, account: account.id, issuer: upstream.issuer })))
    return { ok: false, reason: 'another_subject' }
  return { ok: true, account }
}

async function byAddress(
  { accounts, config }: AccountServices,
  upstream: UpstreamPolicy,
  { email }: UpstreamAnswer,
): Promise<Account | undefined> {
  if (email === undefined || upstreamOfAddress(config.upstreams, email)?.id !== upstream.id) return undefined
  const found = await accounts.find(email)
  return found?.addresses.some(({ address }) => address.toLowerCase() === email) ? found : undefined
}

/** The store keeps both sides single. An organization that has changed its provider leaves the old subjects behind. */
async function bound(
  { store, change, create, clock }: AccountServices,
  link: Pick<UpstreamLink, 'id' | 'account' | 'issuer'>,
): Promise<boolean> {
  const [before] = await store.upstreamLinks.find('person', link.account, { limit: 1 })
  if (before !== undefined && before.issuer !== link.issuer)
    await change('upstreamLinks', before.id, (current) => [
      current?.issuer === link.issuer ? current : undefined,
      undefined,
    ])
  try {
    await create('upstreamLinks', withEffects({ ...link, createdAt: clock(), effects: [] }, linked(link)))
    return true
  } catch (error) {
    if (!(error instanceof Conflict)) throw error
    // Two windows at once.
    return (await store.upstreamLinks.get(link.id))?.account === link.account
  }
}

const linked = ({ id, account, issuer }: Pick<UpstreamLink, 'id' | 'account' | 'issuer'>) =>
  told(
    { subject: account, actor: account },
    { id: `upstream:${id}:${account}`, event: 'upstream.linked', detail: { issuer } },
  )
