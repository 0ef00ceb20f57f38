/** What of a message on its way out decides when it is tried. */
interface Waiting {
  recipient: string
  state: 'queued' | 'sent' | 'dead' | 'dropped'
  queue?: string
  due?: 'yes'
  tries: number
  nextAt: number
}

/** What was given up is tried again, as if it were new. Anything else stays as it is. */
export function retried<T extends Waiting>(current: T, now: number): T {
  if (current.state !== 'dead') return current
  return {
    ...current,
    state: 'queued',
    due: 'yes',
    queue: current.recipient,
    tries: 0,
    nextAt: now,
    expiresAt: undefined,
  }
}
