import type { AuditKeys } from '../adapters/secrets/audit-keys.ts'
import type { AuditCheckpoint } from '../adapters/store/documents.ts'
import type { Store } from '../adapters/store/store.ts'
import { type AuditEntry, type ChainEnd, type ChainFault, chainFault } from '../rules/audit/chain.ts'
import { firstChain, firstClosed, firstFault, isFirst } from '../rules/audit/first-chain.ts'
import { emptyTree, rootOf, type Tree, withLeaf } from '../rules/audit/merkle.ts'
import { readOwnCheckpoint } from '../rules/audit/note.ts'
import { type Sealed, sealFault } from '../rules/audit/pruned.ts'
import { every, placeOf } from './audit-chains.ts'
import { leafOf } from './audit-checkpoints.ts'
import { checkpointChain } from './audit-retention.ts'

/**
 * The first thing that isn't as it was written: in a chain, at a place; in the chain of checkpoints, at a number; or a
 * checkpoint that was given. `missing` is also what a checkpoint saw and the log has no more.
 */
export type AuditFault =
  | { chain: string; place: number; fault: ChainFault }
  | { given: number; fault: 'unsigned' | 'cut' | 'rewritten' }

export interface VerifiedLog {
  entries: number
  chains: number
  checkpoints: number
  /** Given checkpoints that are older than what is kept: nothing can be said of them. */
  tooOld: number
  fault?: AuditFault
}

/** Reads the whole log, and holds it against its checkpoints and against those that are given (signed notes). */
export async function verifyAudit(
  store: Store,
  { mac, signer }: AuditKeys,
  given: readonly string[] = [],
): Promise<VerifiedLog> {
  const seen: VerifiedLog = { entries: 0, chains: 0, checkpoints: 0, tooOld: 0 }
  // Whatever is written while this runs is later than what it starts from.
  const ends = new Map<string, ChainEnd>()
  const pruned = await prunedEnds(store, mac)
  if ('fault' in pruned) return { ...seen, fault: pruned }
  const tree = new TreeCheck(
    given.map((note) => readOwnCheckpoint(signer, note)),
    pruned.get(checkpointChain),
  )
  for await (const checkpoint of every(store.auditCheckpoints, 'all', 'all')) {
    const fault = tree.add(checkpoint, readOwnCheckpoint(signer, checkpoint.note))
    if (fault !== undefined) return { ...seen, fault }
    seen.checkpoints += 1
  }
  const endOf = (chain: string) => ends.get(chain) ?? pruned.get(chain)
  const endBefore = (entry: AuditEntry): ChainEnd => {
    const { chain } = placeOf(entry)
    return endOf(chain) ?? { chain, place: 0, mac: '' }
  }
  const fault = tree.end()
  seen.tooOld = tree.tooOld
  if (fault !== undefined) return { ...seen, fault }
  const first = new FirstChainClosed(pruned)
  for await (const found of every(store.audit, 'log', 'all')) {
    // Covered by what was removed: a process died while it removed more.
    if (placeOf(found).place <= (pruned.get(placeOf(found).chain)?.place ?? 0)) continue
    for (const entry of await withLate(store, found, endBefore(found))) {
      const end = endBefore(entry)
      const wrong = faultOf(mac, end, entry) ?? tree.faultAt(placeOf(entry))
      if (wrong !== undefined)
        return { ...seen, fault: { chain: end.chain, place: end.place + 1, fault: wrong } }
      ends.set(end.chain, placeOf(entry))
      first.see(entry)
      seen.entries += 1
    }
  }
  seen.chains = ends.size
  const left = first.fault(ends.get(firstChain)) ?? tree.cut(endOf)
  return left === undefined ? seen : { ...seen, fault: left }
}

const faultOf = (key: Buffer, end: ChainEnd, entry: AuditEntry): ChainFault | undefined =>
  isFirst(entry) ? firstFault(end, entry) : chainFault(key, end, entry)

/** An entry, after those of its chain that were written while later ones of other chains were read already. */
async function withLate({ audit }: Store, entry: AuditEntry, end: ChainEnd): Promise<AuditEntry[]> {
  const missing = isFirst(entry) ? 0 : entry.place - end.place - 1
  if (missing <= 0) return [entry]
  const after = { id: '', place: end.place + 0.5 } as AuditEntry
  const late = await audit.find('chain', end.chain, { limit: Math.min(missing, 1000), after })
  return [...late.filter(({ place }) => place < entry.place), entry]
}

/** The first chain has no key: once an entry of another says where it ended, nothing may come after that. */
class FirstChainClosed {
  #at: number | undefined

  constructor(pruned: Map<string, Sealed>) {
    const forgotten = [...pruned.values()].some(({ events }) => events[firstClosed] !== undefined)
    if (forgotten) this.#at = pruned.get(firstChain)?.place ?? 0
  }

  see({ event, detail }: AuditEntry): void {
    if (event === firstClosed) this.#at = Number(detail['place'])
  }

  fault(end: ChainEnd | undefined): AuditFault | undefined {
    if (this.#at === undefined || end === undefined || end.place <= this.#at) return undefined
    return { chain: firstChain, place: this.#at + 1, fault: 'unchained' }
  }
}

async function prunedEnds(store: Store, key: Buffer): Promise<Map<string, Sealed> | AuditFault> {
  const ends = new Map<string, Sealed>()
  for await (const { id, pruned } of every(store.auditChains, 'all', 'all')) {
    if (pruned === undefined) continue
    const fault = sealFault(key, pruned) ?? (pruned.chain === id ? undefined : 'changed')
    if (fault !== undefined) return { chain: id, place: pruned.place, fault }
    ends.set(id, pruned)
  }
  return ends
}

type Said = ReturnType<typeof readOwnCheckpoint>

/** The tree as its checkpoints say it grew, what they saw of each chain, and the checkpoints that were given. */
class TreeCheck {
  readonly #given: Said[]
  readonly #sizes: Set<number>
  /** What checkpoints saw of each chain, by place; the last one is the furthest. */
  readonly #seen = new Map<string, Map<number, string>>()
  readonly #furthest = new Map<string, number>()
  readonly #pruned: ChainEnd | undefined
  readonly #roots = new Map<number, string>()
  #number: number
  #tree: Tree | undefined

  constructor(given: Said[], pruned: ChainEnd | undefined) {
    this.#given = given
    this.#sizes = new Set(given.map((one) => one?.size ?? -1))
    this.#pruned = pruned
    this.#number = pruned?.place ?? 0
    this.#tree = pruned === undefined ? emptyTree : undefined
  }

  add({ number, leaves, tree }: AuditCheckpoint, said: Said): AuditFault | undefined {
    if (number <= (this.#pruned?.place ?? 0)) return undefined
    const place = this.#number + 1
    const fault = (kind: ChainFault) => ({ chain: checkpointChain, place, fault: kind })
    if (number !== place) return fault('missing')
    // The first after a summary brings what the tree was along: its signature covers it.
    if (this.#tree !== undefined) for (const leaf of leaves) this.#grow(leaf)
    else this.#take(tree)
    for (const leaf of leaves) this.#note(leaf)
    if (said?.size !== this.#tree!.size || said.root !== rootOf(this.#tree!)) return fault('changed')
    this.#number = number
    return undefined
  }

  #grow(leaf: ChainEnd): void {
    this.#take(withLeaf(this.#tree!, leafOf(leaf)))
  }

  #take(tree: Tree): void {
    this.#tree = tree
    if (this.#sizes.has(tree.size)) this.#roots.set(tree.size, rootOf(tree))
  }

  #note({ chain, place, mac }: ChainEnd): void {
    this.#seen.set(chain, (this.#seen.get(chain) ?? new Map()).set(place, mac))
    this.#furthest.set(chain, Math.max(place, this.#furthest.get(chain) ?? 0))
  }

  /** Older than the first that is kept: nothing can be said. */
  tooOld = 0

  end(): AuditFault | undefined {
    const [size, oldest] = [this.#tree?.size ?? 0, Number(this.#pruned?.mac.split(' ')[0] ?? 0)]
    for (const [given, said] of this.#given.entries()) {
      if (said === undefined) return { given, fault: 'unsigned' }
      if (said.size > size) return { given, fault: 'cut' }
      const root = this.#roots.get(said.size)
      if (said.size < oldest) this.tooOld += 1
      else if (said.size === oldest && this.#pruned !== undefined) {
        if (this.#pruned.mac !== `${said.size} ${said.root}`) return { given, fault: 'rewritten' }
      } else if (root !== said.root && said.size > 0) return { given, fault: 'rewritten' }
    }
    return undefined
  }

  /** Whether a checkpoint saw something else at this place. */
  faultAt({ chain, place, mac }: ChainEnd): ChainFault | undefined {
    const saw = this.#seen.get(chain)?.get(place)
    return saw === undefined || saw === mac ? undefined : 'changed'
  }

  /** The first chain that ends before where a checkpoint saw it. */
  cut(endOf: (chain: string) => ChainEnd | undefined): AuditFault | undefined {
    for (const [chain, place] of this.#furthest) {
      const end = endOf(chain)?.place ?? 0
      if (place > end) return { chain, place: end + 1, fault: 'missing' }
    }
    return undefined
  }
}
