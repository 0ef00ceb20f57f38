import type { Context } from 'koa'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Fields } from '../http/form.ts'

/** Whose webhooks are looked after, and by whom. */
export interface WebhookRoom {
  session: ConsoleSession
  /** Who acts, by their id. */
  by: string
  /** Where the list is. */
  base: string
  back: string
  /** Those of all, and what is told everything, where it is missing. */
  organization?: { id: string; name: string } | undefined
}

/** A form that was sent there. */
export interface SentRoom extends WebhookRoom {
  fields: Fields
  /** Why nothing may be changed now. */
  refused?: PageMessage | undefined
}

/** Who is let in, strongly and recently enough; whoever isn't is sent to sign in, and nothing is returned. */
export interface WebhookDoor {
  looking(ctx: Context): Promise<WebhookRoom | undefined>
  changing(ctx: Context): Promise<SentRoom | undefined>
}
