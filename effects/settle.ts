import { randomUUID } from 'node:crypto'
import { findAll } from '../adapters/store/find-all.ts'
import type { Collection, Document } from '../adapters/store/port.ts'
import type { CollectionName, Documents, Store } from '../adapters/store/store.ts'
import { type Effect, type Promising, withEffects, withoutEffect } from '../rules/effect.ts'
import { isToCome } from '../rules/lately.ts'
import {
  type Beginnings,
  type Effects,
  type Endings,
  type Followers,
  type Handlers,
  type PromisingName,
  promising,
  type Writes,
} from './services.ts'

type Promised = Document & Promising
type Promises = Collection<Promised, 'effectsDue'>

/** After this time another process may go on where this one stopped. Milliseconds. */
const leaseTime = 30_000
/** How long whoever has changed a document waits for another process that is at its effects. Milliseconds. */
const patience = 3_000

export interface EngineOptions {
  store: Store
  clock: () => number
  handlers(writes: Writes): Handlers
  beginnings: Beginnings
  followers?: Followers
  endings: Endings
  /** Keeps the reply to the request under way back until this is done; or returns it, where there is none. */
  beforeReply(work: Promise<void>): Promise<void> | undefined
}

/**
 * Writes, and carries out what the writes promised. It knows no kinds of effects: it takes them in order, strikes each
 * off when it is done, and keeps two processes from working on one document.
 */
export function createEffects(options: EngineOptions): Effects & Writes {
  const engine = createEngine(options)
  return {
    settle: (collection, id) => engine.settle(collection, id),
    settleAll: () => settleAll(options.store, engine.settle),
    ...engine.writes(true),
  }
}

type Taken = 'mine' | 'taken' | 'done'

function createEngine({
  store,
  clock,
  handlers: make,
  beginnings,
  followers = {},
  endings,
  beforeReply,
}: EngineOptions) {
  /** What this process works on at the moment, by document. */
  const underWay = new Map<string, Promise<void>>()

  const settle = async (collection: PromisingName, id: string): Promise<boolean> => {
    const owner = randomUUID()
    const documents = promisesOf(store, collection)
    const taken = await documents.update(id, (current) => claimed(current, owner, clock()))
    if (taken === 'mine') await carryOut(collection, id, owner)
    return taken !== 'taken'
  }

  const settled = async (collection: PromisingName, id: string): Promise<void> => {
    for (let until = Date.now() + patience; Date.now() < until; ) {
      const here = underWay.get(`${collection}:${id}`)
      await (here ?? after(20))
      // Whoever is at it in this process comes to an end, however busy the machine is: only others are waited for so long.
      if (here !== undefined) until = Date.now() + patience
      if (await settle(collection, id)) return
    }
  }

  const carryOut = async (collection: PromisingName, id: string, owner: string): Promise<void> => {
    const key = `${collection}:${id}`
    const work = perform(collection, id, owner).finally(() => underWay.delete(key))
    underWay.set(
      key,
      work.catch(() => {}),
    )
    return work
  }

  const perform = async (collection: PromisingName, id: string, owner: string): Promise<void> => {
    const documents = promisesOf(store, collection)
    const ending = endings[collection] as ((document: Promised, now: number) => Promised) | undefined
    let next: Promised | undefined
    do {
      for (next = await documents.get(id); next?.effects?.[0] !== undefined; ) {
        const effect = next.effects[0]
        await carry(handlers, effect)
        next = await documents.update(id, (current) => {
          const left = current && struckOff(current, effect.id, clock(), ending)
          return [left, left]
        })
      }
      // With the last effect the document was given free in the same write, as a rule.
    } while (
      next?.lease?.owner === owner &&
      !(await documents.update(id, (current) => released(current, owner)))
    )
  }

  const writes = (waits: boolean): Writes => {
    const carryOutOf = async (collection: CollectionName, id: string, document: Promised | undefined) => {
      if ((document?.effects?.length ?? 0) === 0 || !isPromising(collection)) return
      if (!(await settle(collection, id)) && waits) await settled(collection, id)
    }
    return {
      change: async (collection, id, rule, when = 'now') => {
        const documents = store[collection] as unknown as Collection<Documents[typeof collection]>
        const owner = randomUUID()
        const begin = beginnings[collection as PromisingName] as
          | ((id: string) => Documents[typeof collection])
          | undefined
        const cause = randomUUID()
        const { next, outcome, taken } = await documents.update(id, (current) => {
          const begun = current ?? begin?.(id)
          const [changed, result] = rule(begun)
          if (changed === begun) return [current, { next: current, outcome: result, taken: 'taken' as Taken }]
          const followed = changed && followedBy(followers, collection, current, changed, cause)
          const claims = when !== 'later' && isPromising(collection)
          // Taken by the very write that promises: it is this process that carries out.
          const [next, taken] = claims
            ? claimed(followed as Promised | undefined, owner, clock())
            : ([followed, 'taken'] as const)
          return [next as typeof changed, { next, outcome: result, taken }]
        })
        if (when === 'later') return outcome
        const work =
          taken === 'mine'
            ? carryOut(collection as PromisingName, id, owner)
            : carryOutOf(collection, id, taken === 'done' ? undefined : next)
        await (when === 'meanwhile' ? beforeReply(work) : work)
        return outcome
      },
      create: async (collection, document) => {
        const followed = followedBy(followers, collection, undefined, document, randomUUID())
        await (store[collection] as unknown as Collection<Documents[typeof collection]>).insert(followed)
        await carryOutOf(collection, document.id, followed)
      },
    }
  }

  const handlers = make(writes(false))
  return { settle, writes }
}

/** A changed document, with what every change of its kind is followed by. */
function followedBy<C extends CollectionName>(
  followers: Followers,
  collection: C,
  before: Documents[C] | undefined,
  after: Documents[C],
  cause: string,
): Documents[C] {
  const follow = followers[collection as PromisingName] as
    | ((before: Documents[C] | undefined, after: Documents[C], id: string) => Effect[])
    | undefined
  return follow === undefined
    ? after
    : (withEffects(after as Promised, follow(before, after, cause)) as Documents[C])
}

const promisesOf = (store: Store, collection: PromisingName) => store[collection] as unknown as Promises

const isPromising = (collection: CollectionName): collection is PromisingName =>
  (promising as readonly string[]).includes(collection)

const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

const carry = (handlers: Handlers, effect: Effect): Promise<void> =>
  (handlers[effect.kind] as (effect: Effect) => Promise<void>)(effect)

/** Takes a document to work on its effects; whoever holds it now goes first. */
function claimed(current: Promised | undefined, owner: string, now: number): [Promised | undefined, Taken] {
  if (current?.effects === undefined || current.effects.length === 0) return [current, 'done']
  const { lease } = current
  if (lease !== undefined && lease.owner !== owner && isToCome(lease.until, leaseTime, now))
    return [current, 'taken']
  return [{ ...current, lease: { owner, until: now + leaseTime } }, 'mine']
}

/** Gives the document free; false when there are new effects to carry out first. */
function released(current: Promised | undefined, owner: string): [Promised | undefined, boolean] {
  if (current === undefined || current.lease?.owner !== owner) return [current, true]
  if ((current.effects?.length ?? 0) > 0) return [current, false]
  const { lease: _, ...free } = current
  return [free, true]
}

/** Strikes an effect off; with the last one, in the same write, the document ends or is free. */
function struckOff(
  current: Promised,
  effect: string,
  now: number,
  ending: ((document: Promised, now: number) => Promised | undefined) | undefined,
): Promised | undefined {
  const left = withoutEffect(current, effect)
  if ((left.effects?.length ?? 0) > 0) return left
  const ended = ending === undefined ? left : ending(left, now)
  if (ended === undefined || (ended.effects?.length ?? 0) > 0) return ended
  const { lease: _, ...free } = ended
  return free
}

async function settleAll(store: Store, settle: Effects['settle']): Promise<void> {
  const faults: unknown[] = []
  for (const collection of promising) {
    // What fails is tried again next time; meanwhile it holds up nobody else's.
    const due = await findAll(promisesOf(store, collection), 'effectsDue', 'yes')
    for (const { id } of due) await settle(collection, id).catch((error) => faults.push(error))
  }
  if (faults.length > 0) throw new AggregateError(faults, 'effects could not be carried out')
}
