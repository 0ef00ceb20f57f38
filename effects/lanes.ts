import { Away } from '../adapters/delivery/delivery.ts'
import type { Parcel } from './parcel.ts'

/** Sent to one host at a time. More than a few at once is rude, and would leave nothing to the others. */
const width = { mail: 8, other: 4 } as const
/** A host that hangs or is away is tried by one at a time. */
const whenAway = 1
/** A delivery takes so long in all, however much the host keeps saying. Milliseconds, less than a lease. */
const patience = 30_000

/** Which host a parcel is for: what hangs there holds up nobody elsewhere. */
export function laneOf(parcel: Parcel): string {
  if (parcel.kind === 'logout') return `logout:${parcel.client}`
  if (parcel.kind === 'webhook') return `webhook:${parcel.webhook}`
  if (parcel.kind === 'signal') return `signal:${parcel.stream}`
  const { channel, to } = parcel.message
  if (channel === 'push') return `push:${URL.canParse(to) ? new URL(to).host : ''}`
  return channel === 'mail' ? 'mail' : 'phone'
}

/** It took longer than anybody can be waited for. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow'
  readonly code = 'deadline'
}

/** Codes of failures that say something about the host, not about what was sent. */
const away = new Set([
  ...['deadline', 'ECONNECTION', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'ENOTFOUND'],
  ...['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE', 'ETLS', 'EAUTH', 'EPROTOCOL', 'ABORT_ERR'],
])

export const isAway = (error: Error): boolean =>
  error instanceof Away || away.has(String((error as NodeJS.ErrnoException).code))

/** What one process knows of the hosts it sends to. */
export interface Lanes {
  hasRoom(lane: string): boolean
  /** Takes a place, where there is one. Whoever took it leaves, or runs a delivery there. */
  take(lane: string): boolean
  leave(lane: string): void
  /** Runs a delivery on a place that was taken, within the whole time that one may take, and leaves. */
  run(lane: string, deliver: () => Promise<void>): Promise<void>
  /** Notes how a delivery ended; true when the host was away and is back. */
  ended(lane: string, error?: Error): boolean
}

export function createLanes(): Lanes {
  const running = new Map<string, number>()
  const gone = new Set<string>()
  const most = (lane: string) => (gone.has(lane) ? whenAway : lane === 'mail' ? width.mail : width.other)
  const hasRoom = (lane: string) => (running.get(lane) ?? 0) < most(lane)
  const leave = (lane: string) => {
    const left = running.get(lane)! - 1
    if (left === 0) running.delete(lane)
    else running.set(lane, left)
  }
  return {
    hasRoom,
    take: (lane) => {
      if (!hasRoom(lane)) return false
      running.set(lane, (running.get(lane) ?? 0) + 1)
      return true
    },
    leave,
    run: async (lane, deliver) => {
      try {
        await inTime(deliver())
      } finally {
        leave(lane)
      }
    },
    ended: (lane, error) => {
      if (error !== undefined && isAway(error)) {
        gone.add(lane)
        return false
      }
      return gone.delete(lane)
    },
  }
}

/** What goes on after that is nobody's business any more: it may arrive twice, and never less than once. */
async function inTime(delivery: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlow()), patience).unref()
  })
  try {
    await Promise.race([delivery, late])
  } finally {
    clearTimeout(timer)
    delivery.catch(() => {})
  }
}
