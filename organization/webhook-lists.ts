import type { AccountServices } from '../account/services.ts'
import { cutTo } from '../rules/paging.ts'
import type { Webhook, WebhookMessage } from '../rules/webhook.ts'

type Reading = Pick<AccountServices, 'store'>

/** One page of a list; `next` is where the page after it begins. */
interface Page<T> {
  items: T[]
  next?: string | undefined
}

/** A webhook that an organization looks after; whichever it is where none is named, as the operator does for all. */
export async function webhookFor(
  { store }: Reading,
  id: string,
  organization: string | undefined,
): Promise<Webhook | undefined> {
  const found = await store.webhooks.get(id)
  const theirs = organization === undefined || found?.organization === organization
  return theirs && found?.removed !== true ? found : undefined
}

/** Webhooks of an organization, or all of them, the oldest first. */
export async function listWebhooks(
  { store }: Reading,
  organization: string | undefined,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<Page<Webhook>> {
  const last = after === undefined ? undefined : await store.webhooks.get(after)
  const page = { limit: limit + 1, after: last }
  const found =
    organization === undefined
      ? await store.webhooks.find('all', 'all', page)
      : await store.webhooks.find('organization', organization, page)
  const { items, next } = cutAt(found, limit)
  return { items: items.filter(({ removed }) => removed !== true), next }
}

/** What a webhook was sent, the newest first. */
export async function webhookMessagesOf(
  { store }: Reading,
  webhook: string,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<Page<WebhookMessage>> {
  const last = after === undefined ? undefined : await store.webhookMessages.get(after)
  const begin = last?.webhook === webhook ? last : undefined
  const page = { limit: limit + 1, after: begin, backwards: true as const }
  return cutAt(await store.webhookMessages.find('webhook', webhook, page), limit)
}

const cutAt = <T extends { id: string }>(found: T[], limit: number): Page<T> => {
  const { shown: items, last } = cutTo(found, limit)
  return { items, next: last?.id }
}

export type MessageState = 'waiting' | 'taken' | 'dead'

/** Whether a message still waits is what the outbox says. */
export async function messageState(
  { store }: Reading,
  { id, takenAt, replays }: WebhookMessage,
): Promise<MessageState> {
  if (takenAt !== undefined) return 'taken'
  const parcel = await store.outbox.get(`${id}:${replays}`)
  return parcel?.state === 'queued' ? 'waiting' : 'dead'
}
