/** A message for a person. */
export interface Message {
  /** The same for every try, so that a duplicate can be recognized. */
  id: string
  channel: 'mail' | 'sms' | 'voice' | 'push'
  /** An e-mail address or an E.164 number. */
  to: string
  subject: string
  text: string
  html?: string
  links: string[]
}

/** How messages leave. Every engine sends once per call, and throws when it isn't sure that the message was taken. */
export interface Delivery {
  send(message: Message): Promise<void>
  close(): Promise<void>
}

/** A message as the demo's inbox keeps it. */
export type CaughtMessage = Message & {
  /** ISO 8601. */
  at: string
}
