import { hash } from 'node:crypto'

/** What became of a message that someone waits for, as far as its carrier said. */
export interface Sending {
  id: string
  state: 'sent' | 'delivered' | 'failed'
  /** Why it failed: a carrier's own code or a word of ours. */
  reason?: string
  /** Of a call: the sealed sentences, until they were said; and the keys that have to be pressed first. */
  speech?: string
  keys?: string
  /** How often other keys were pressed. */
  mistakes?: number
  expiresAt: number
}

/** Another try is safe, as a mailbox's greeting is over by then; still, keys can't be tried out. */
const mostMistakes = 2

/** Stands in addresses that carriers call: nothing can be read from it, and it needs no escaping. */
export function sendingId(message: string): string {
  return hash('sha256', message, 'base64url')
}

/** A message that is being sent; a repeat after a crash changes nothing of what is known by then. */
export function beginSending(current: Sending | undefined, begun: Sending): Sending {
  return current ?? begun
}

/**
 * What the carrier says came of it. The first final word stands: a carrier's words carry no date, so that an old one
 * that is sent again must not change anything. A call that ended before its code was said failed.
 */
export function settleSending(
  current: Sending,
  said: { delivered: true } | { delivered: false; reason: string },
): Sending {
  if (current.state !== 'sent') return current
  const { speech, keys: _keys, ...rest } = current
  if (!said.delivered) return { ...rest, state: 'failed', reason: said.reason }
  return speech === undefined
    ? { ...rest, state: 'delivered' }
    : { ...rest, state: 'failed', reason: 'not_heard' }
}

export type Pressed = { ok: true; speech: string } | { ok: false; reason: 'again' | 'gone' }

/** Keys pressed in a call. The sentences are given out once: they are gone from the store with that. */
export function pressKeys(current: Sending, pressed: string): [Sending, Pressed] {
  const { speech, keys, ...rest } = current
  if (speech === undefined || keys === undefined) return [current, { ok: false, reason: 'gone' }]
  if (pressed === keys) return [rest, { ok: true, speech }]
  const mistakes = (current.mistakes ?? 0) + 1
  if (mistakes > mostMistakes)
    return [
      { ...rest, state: 'failed', reason: 'wrong_keys' },
      { ok: false, reason: 'gone' },
    ]
  return [
    { ...current, mistakes },
    { ok: false, reason: 'again' },
  ]
}
