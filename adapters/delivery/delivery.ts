import type { Locale } from '../../rules/account.ts'

/** A message for a person. */
export interface Message {
  /** The same for every try, so that a duplicate can be recognized. */
  id: string
  channel: 'mail' | 'sms' | 'voice' | 'push'
  /** An e-mail address, an E.164 number, or the endpoint of a push subscription: a URL that a browser gave us. */
  to: string
  subject: string
  /** What is read or heard. Of a push the payload, which the phone gets to see and which is never a secret. */
  text: string
  html?: string
  links: string[]
  /** Someone waits for it, and after this moment (milliseconds since 1970) it is worthless: then it stays here. */
  expiresAt?: number
  /** Of `voice`: the call, sentence by sentence. */
  speech?: Speech
  /** Of `push`: the subscription's keys, and how the push service should treat it. */
  push?: PushDetails
}

/** A call that tells its secret only to someone who listens: a mailbox can't press keys that it is only now told. */
export interface Speech {
  locale: Locale
  /** Said first, with nothing secret in it: which keys to press. */
  ask: string
  /** The digits to press, drawn for this call. */
  keys: string
  /** Said when other keys were pressed. */
  again: string
  /** Said once the keys were pressed, twice. */
  say: string
}

/** Web Push (RFC 8030, RFC 8291). */
export interface PushDetails {
  /** The phone's public key and its secret, base64url, as its subscription has them. */
  p256dh: string
  auth: string
  /** RFC 8030 §5.3; `high` wakes a phone that saves its battery. */
  urgency?: 'very-low' | 'low' | 'normal' | 'high'
  /** RFC 8030 §5.4: replaces a message of the same topic that still waits. At most 32 characters of base64url. */
  topic?: string
  /** Whose phone it is: where the subscription is no more, it is forgotten. */
  phone?: { account: string; factor: string }
}

/** How messages leave. Every engine sends once per call, and throws when it isn't sure that the message was taken. */
export interface Delivery {
  /** Throws Undeliverable where trying again would not help, anything else where it may. */
  send(message: Message): Promise<void>
  /** Hears what a carrier has to say about a message, or asks: `POST /delivery/<path>`. */
  callback?(callback: Callback): Promise<CallbackAnswer>
  close(): Promise<void>
}

export interface Callback {
  /** Below /delivery/, as it stands in the address. */
  path: string
  /** The fields of the form. */
  fields: { readonly [name: string]: string }
  header(name: string): string
}

/** `refused`: it wasn't the carrier. `gone`: it was, but what it asks for was given away before, or is too old. */
export type CallbackAnswer =
  | { outcome: 'taken'; xml?: string }
  | { outcome: 'refused' }
  | { outcome: 'gone' }
  | { outcome: 'unknown' }

/** What came of a message that didn't leave. `code` is the carrier's own, or one of ours; never a part of the message. */
class CarrierFault extends Error {
  readonly code: string
  constructor(message: string, code: string) {
    super(message)
    this.name = new.target.name
    this.code = code
  }
}

/** Whoever it is for, the carrier takes nothing from us at the moment. */
export class Away extends CarrierFault {
  constructor(code: string) {
    super('the carrier takes nothing', code)
  }
}

/** Trying again would not help. */
export class Undeliverable extends CarrierFault {
  constructor(code: string) {
    super('the message can not be delivered', code)
  }
}

/** The subscription or the number is no more: nothing should be sent there again. */
export class Gone extends Undeliverable {
  constructor(code = 'gone') {
    super(code)
  }
}

/** It wasn't taken this time. Carries nothing of what was sent, so that no log has it. */
export class NotSent extends CarrierFault {
  constructor(code: string) {
    super('the message was not taken', code)
  }
}

/** A message as the demo's inbox keeps it. */
export type CaughtMessage = Message & {
  /** ISO 8601. */
  at: string
}
