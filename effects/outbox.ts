import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import pLimit from 'p-limit'
import { Undeliverable } from '../adapters/delivery/delivery.ts'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { Outgoing } from '../adapters/store/documents.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import { isToCome } from '../rules/lately.ts'
import { createLanes, isAway, laneOf } from './lanes.ts'
import type { Parcel } from './parcel.ts'

export interface OutboxOptions {
  store: Store
  ring: KeyRing
  clock: () => number
  /** Throws when the parcel must be tried again; Undeliverable when that would be of no use. */
  deliver(parcel: Parcel): Promise<void>
  /** Told about failures; never about contents. */
  failed(outgoing: Pick<Outgoing, 'id' | 'tries' | 'state' | 'lastError'>, error: Error): void
}

export interface Outbox {
  /** Queues a parcel durably. The same id is queued once, however often it is asked for. */
  queue(id: string, recipient: string, parcel: Parcel): Promise<void>
  /** Looks for due parcels soon, without being waited for. */
  wake(): void
  /** Delivers everything that is due now, and resolves when that is done: for whoever can wait for the slowest host. */
  drain(): Promise<void>
  stop(): Promise<void>
}

/** Milliseconds. */
const firstRetry = 5_000
const longestRetry = 3_600_000
/** A host that was away is asked again so often: people wait for what is behind it. */
const longestAway = 60_000
/** About three days of trying. */
const mostTries = 80
/** What a host that is away doesn't take isn't given up before this time is over, however often it was tried. */
const longestOutage = 60 * 3_600_000
const leaseTime = 60_000
/** How soon to look again whether what another process is sending has left. */
const leaving = 1_000
/** Sent ones are remembered, so that a repeated effect doesn't send again. */
const remembered = 30 * 86_400_000
/** How long what was given up can be tried again: an app that is gone for good would fill the store. */
const givenUpFor = 90 * 86_400_000
const batch = 32
/** How far to look past what waits for a host that has no room. */
const mostPages = 16
/** What waits for such a host is put off, so that it isn't in the way of the others. */
const putOff = 5_000
/** How often to look whether the clock was put right. */
const bringBackEvery = 60_000
/** How many parcels are taken, or put off, at once: a look past many takes a fraction of the time. */
const together = 4
/** How long those under way are waited for at the end; another process takes over what hasn't left. */
const farewell = 4_000

/**
 * The way out for everything that was promised. A parcel is stored before it is promised, leaves at least once, in
 * order per recipient, and is tried again with growing waits until it is taken or declared dead. What can't be delivered
 * at all is dropped at once: nobody waits behind it. Each host has a lane: one that hangs holds up no other.
 */
export function createOutbox({ store, ring, clock, deliver, failed }: OutboxOptions): Outbox {
  const owner = randomUUID()
  const lanes = createLanes()
  const limit = pLimit(together)
  /** Recipients that this process is sending to, and the parcel; none yet while it is looked for. */
  const busy = new Map<string, string | undefined>()
  const underWay = new Set<Promise<void>>()
  const faults: unknown[] = []
  let sequence = 0
  let broughtBack = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined
  let again = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  const wake = () => {
    // Nobody waits for this look; when the store fails, the next one finds what is due.
    if (!stopped) look().catch(() => {})
  }

  const look = (): Promise<void> => {
    again = true
    running ??= run()
    return running
  }

  const run = async () => {
    try {
      await bringBack()
      // What is queued while the next look is being planned must not wait for that look.
      while (again && !stopped) {
        again = false
        while ((await startDue()) > 0 && !stopped);
        if (!stopped) await scheduleNext()
      }
    } finally {
      running = undefined
    }
  }

  const allLeft = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay)
  }

  const drain = async (): Promise<void> => {
    await look()
    while (underWay.size > 0) {
      await Promise.all(underWay)
      await look()
    }
    if (faults.length > 0) throw faults.splice(0)[0]
  }

  /** Begins to send the first parcel of each recipient that has one due; returns how many moved or were put off. */
  const startDue = async (): Promise<number> => {
    let moved = 0
    let after: Outgoing | undefined
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page = await store.outbox.find('due', 'yes', { limit: batch, after })
      const due = page.filter((one) => !waits(one))
      const started = await limit.map(
        Map.groupBy(due, (one) => one.recipient),
        ([recipient, waiting]) => startFirst(recipient, waiting),
      )
      moved += started.filter(Boolean).length
      // Where somebody could go, the beginning is looked at again; else what waits for room is passed by.
      if (moved > 0 || due.length < batch) return moved
      await putOffAll(due)
      after = page.at(-1)
    }
    return moved
  }

  const startFirst = async (recipient: string, waiting: Outgoing[]): Promise<boolean> => {
    // Nothing is asked for those whose host has no room: the others would wait for the answers.
    if (busy.has(recipient) || !waiting.some((one) => lanes.hasRoom(laneIn(one)))) return false
    busy.set(recipient, undefined)
    try {
      return await takeFirst(recipient, waiting)
    } finally {
      if (busy.get(recipient) === undefined) busy.delete(recipient)
    }
  }

  const takeFirst = async (recipient: string, waiting: Outgoing[]): Promise<boolean> => {
    const [first] = await store.outbox.find('queue', recipient, { limit: 1 })
    if (first === undefined) return false
    if (waits(first)) return waitBehind(first, waiting)
    if (stopped || !lanes.take(laneIn(first))) return false
    const claimed = await claimFirst(first)
    if (claimed === undefined) return false
    busy.set(recipient, claimed.id)
    underWayUntil(
      send(claimed, laneIn(first)).catch((fault) => faults.push(fault)),
      () => {
        busy.delete(recipient)
        wake()
      },
    )
    return true
  }

  /** The place in its lane is given back where another process was first. */
  const claimFirst = async (first: Outgoing): Promise<Outgoing | undefined> => {
    let claimed: Outgoing | undefined
    try {
      claimed = await store.outbox.update(first.id, (current) => claim(current, owner, clock()))
    } finally {
      if (claimed?.sealed === undefined) lanes.leave(laneIn(first))
    }
    return claimed?.sealed === undefined ? undefined : claimed
  }

  const underWayUntil = (work: Promise<unknown>, then: () => void): void => {
    const tracked = work.then(() => {
      underWay.delete(tracked)
      then()
    })
    underWay.add(tracked)
  }

  /** What was just queued goes by itself where it can: it waits for no look past all that waits for others. */
  const begin = (outgoing: Outgoing): void => {
    // When the store fails, the next look finds what is due.
    const begun = stopped ? Promise.resolve() : startFirst(outgoing.recipient, [outgoing]).catch(() => {})
    underWayUntil(begun, () => {
      if (busy.get(outgoing.recipient) === undefined) wake()
    })
  }

  const send = async (claimed: Outgoing, lane: string): Promise<void> => {
    try {
      await lanes.run(lane, () => deliver(JSON.parse(ring.open(claimed.sealed!, claimed.id))))
      await store.outbox.update(claimed.id, (current) => [current && sent(current, clock()), undefined])
      if (lanes.ended(lane)) await hurry(lane)
    } catch (error) {
      const next = await store.outbox.update(claimed.id, (current) => {
        // Another process has taken over what this one was too slow with: its try counts.
        if (current?.lease?.owner !== owner) return [current, undefined]
        const tried = notSent(current, error as Error, clock())
        return [tried, tried]
      })
      if (next !== undefined) failed(next, error as Error)
      if (lanes.ended(lane, error as Error)) await hurry(lane)
    }
  }

  /** The host is back: what waits for it goes at once, whatever wait an earlier failure had earned it. */
  const hurry = async (lane: string): Promise<void> => {
    let after: Outgoing | undefined
    for (;;) {
      const page: Outgoing[] = await store.outbox.find('due', 'yes', { limit: 200, after })
      for (const one of page)
        if (one.lane === lane && one.lease === undefined && one.nextAt > clock()) await moveTo(one, clock())
      if (page.length < 200) return
      after = page.at(-1)
    }
  }

  const moveTo = (one: Outgoing, nextAt: number): Promise<void> =>
    store.outbox.update(one.id, (current) => [
      current?.state === 'queued' && current.lease === undefined ? { ...current, nextAt } : current,
      undefined,
    ])

  const putOffAll = async (due: Outgoing[]): Promise<void> => {
    const waiting = due.filter(({ id, recipient }) => busy.get(recipient) !== id)
    await limit.map(waiting, (one) => moveTo(one, clock() + putOff))
  }

  /** The first of the queue waits for its next try: those behind it wait as long, or until it may have left. */
  const waitBehind = async (first: Outgoing, waiting: Outgoing[]): Promise<boolean> => {
    const until = first.lease === undefined ? first.nextAt : Math.min(first.nextAt, clock() + leaving)
    const behind = waiting.filter((one) => one.id !== first.id)
    for (const one of behind) {
      await store.outbox.update(one.id, (current) => [
        current && current.state === 'queued' ? { ...current, nextAt: until } : current,
        undefined,
      ])
    }
    return behind.length > 0
  }

  const waits = ({ nextAt }: Outgoing): boolean => isToCome(nextAt, longestRetry, clock())

  /** The clock was ahead, and was put right: what was to wait for a moment doesn't wait until the clock is there again. */
  const bringBack = async (): Promise<void> => {
    if (performance.now() - broughtBack < bringBackEvery) return
    broughtBack = performance.now()
    const isAhead = (one: Outgoing) => one.nextAt > clock() && !waits(one)
    for (let page: Outgoing[]; ; ) {
      page = (await store.outbox.find('due', 'yes', { limit: batch, backwards: true })).filter(isAhead)
      await limit.map(page, ({ id }) =>
        store.outbox.update(id, (current) => [
          current && isAhead(current) ? { ...current, lease: undefined, nextAt: clock() } : current,
          undefined,
        ]),
      )
      if (page.length < batch) return
    }
  }

  const scheduleNext = async () => {
    const [next] = await store.outbox.find('due', 'yes', { limit: 1 })
    clearTimeout(timer)
    if (next === undefined) return
    timer = setTimeout(wake, Math.min(Math.max(next.nextAt - clock(), 250), 60_000)).unref()
  }

  /** Another process need not wait for the lease of one that has ended. */
  const release = async (): Promise<void> => {
    for (const id of [...busy.values()].filter((one) => one !== undefined))
      await store.outbox.update(id, (current) => {
        if (current?.lease?.owner !== owner) return [current, undefined]
        const { lease: _, ...free } = current
        return [{ ...free, nextAt: clock() }, undefined]
      })
  }

  return {
    queue: async (id, recipient, parcel) => {
      const at = clock()
      // Time first, so that several processes agree on the order as well as their clocks do.
      sequence = Math.max(sequence + 1, at * 1000)
      const outgoing: Outgoing = {
        id,
        recipient,
        queue: recipient,
        lane: laneOf(parcel),
        sequence,
        state: 'queued',
        due: 'yes',
        nextAt: at,
        tries: 0,
        sealed: ring.seal(JSON.stringify(parcel), id),
        createdAt: at,
      }
      try {
        await store.outbox.insert(outgoing)
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
      }
      begin(outgoing)
    },
    wake,
    drain,
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
      await Promise.race([allLeft(), wait(farewell, undefined, { ref: false })])
      if (underWay.size > 0) await release()
    },
  }
}

/** Earlier releases named none. */
const laneIn = ({ lane = 'other' }: Outgoing): string => lane

/** Takes a parcel for this process for a minute; another one finds it taken. The claim also is its next due time. */
function claim(
  current: Outgoing | undefined,
  owner: string,
  now: number,
): [Outgoing | undefined, Outgoing | undefined] {
  if (current === undefined || current.state !== 'queued') return [current, undefined]
  if (current.lease !== undefined && isToCome(current.lease.until, leaseTime, now))
    return [current, undefined]
  const until = now + leaseTime
  const claimed = { ...current, lease: { owner, until }, nextAt: until, tries: current.tries + 1 }
  return [claimed, claimed]
}

function sent(current: Outgoing, now: number): Outgoing {
  const { due: _due, queue: _queue, lease: _lease, sealed: _sealed, lastError: _error, ...rest } = current
  return { ...rest, state: 'sent', expiresAt: now + remembered }
}

function notSent(current: Outgoing, error: Error, now: number): Outgoing {
  const { lease: _lease, ...rest } = current
  // Only the kind of failure: a mail server's answer may repeat what it was sent.
  const lastError = `${error.name}${'code' in error ? ` ${String(error.code)}` : ''}`
  if (error instanceof Undeliverable) {
    const { due: _due, queue: _queue, sealed: _sealed, ...dropped } = rest
    return { ...dropped, state: 'dropped', lastError, expiresAt: now + remembered }
  }
  const outage = isAway(error)
  if (current.tries >= mostTries && (!outage || now - current.createdAt >= longestOutage)) {
    const { due: _due, queue: _queue, ...dead } = rest
    return { ...dead, state: 'dead', lastError, expiresAt: now + givenUpFor }
  }
  const longest = outage ? longestAway : longestRetry
  const wait = Math.min(firstRetry * 2 ** Math.min(current.tries - 1, 20), longest)
  return { ...rest, lastError, nextAt: now + wait }
}
