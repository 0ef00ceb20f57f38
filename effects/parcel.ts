import type { Message } from '../adapters/delivery/delivery.ts'

/** What leaves: a message to a person, a logout token to an app, or what waits on a stream of security events. */
export type Parcel =
  | { kind: 'message'; message: Message }
  | { kind: 'logout'; client: string; account: string; sid?: string }
  | { kind: 'signal'; stream: string }
  | { kind: 'webhook'; webhook: string; message: string }
