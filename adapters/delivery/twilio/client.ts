import twilio from 'twilio'
import { NotSent, Undeliverable } from '../delivery.ts'
import type { TwilioSettings } from './settings.ts'

/** Milliseconds; well within the time for which the outbox holds a parcel. */
const timeout = 15_000

/** The official client. It knows regions only, so another address is set where it keeps its own. */
export function createClient({ accountSid, authToken, baseUrl }: TwilioSettings): twilio.Twilio {
  // Empty, so that TWILIO_EDGE and TWILIO_REGION of the environment don't rewrite the address.
  const client = twilio(accountSid, authToken, { timeout, edge: '', region: '' })
  if (baseUrl !== undefined) client.api.baseUrl = baseUrl
  return client
}

/** Waits for a request. What it throws carries no number and no code: the client's own errors hold the whole request. */
export async function taken(request: Promise<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    throw faultOf(error as { status?: unknown; code?: unknown })
  }
}

/**
 * 400 says that this very request is wrong, mostly for its number: not one, not one that takes texts, one whose owner
 * said STOP. Which it is isn't told apart, as Twilio advises against deciding by its codes. Everything else, such as
 * wrong credentials or too many requests, may be put right before the message is too old.
 */
function faultOf({ status, code }: { status?: unknown; code?: unknown }): Error {
  const word = [code, status].map(String).find((text) => /^[A-Z0-9_]{3,40}$/.test(text)) ?? 'unknown'
  return status === 400 ? new Undeliverable(word) : new NotSent(word)
}
