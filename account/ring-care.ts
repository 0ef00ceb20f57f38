import { releaseKeys } from '../adapters/secrets/known-keys.ts'
import { type CollectionName, collections, type Documents } from '../adapters/store/store.ts'
import { walkAll } from '../adapters/store/walk-all.ts'
import type { WriteServices } from '../effects/services.ts'
import { type KeyNeeds, keyNeeds } from './key-needs.ts'
import { type ResealedName, resealed, resealers } from './reseal.ts'

type RingServices = Pick<WriteServices, 'store' | 'clock' | 'ring' | 'change'>

/** How far the look at everything has come. */
export type CareProgress = (documents: number) => void

/** What still needs a key of the ring. */
export interface KeyUse extends KeyNeeds {
  id: string
}

export interface Resealed {
  /** Documents that were sealed anew. */
  resealed: number
  keys: KeyUse[]
  /** Nothing needs these any more. */
  free: string[]
}

/** The ring that seals everything: what needs which key, and how one is retired. For the command line, a page, an API. */
export interface RingCare {
  uses(progress?: CareProgress): Promise<KeyUse[]>
  /** Seals anew what lasts, and looks what needs each key then. May be stopped at any time, and begun again. */
  reseal(progress?: CareProgress): Promise<Resealed>
}

export function createRingCare(services: RingServices, keys: readonly { id: string }[]): RingCare {
  const ids = keys.map(({ id }) => id)
  const uses = (progress?: CareProgress) => usesOf(services, ids, progress)
  return {
    uses,
    reseal: async (progress) => {
      const count = ids.length > 1 ? await resealAll(services, progress) : 0
      const found = await uses(progress)
      const free = found.slice(1).flatMap((one) => (isNeeded(one) ? [] : [one.id]))
      await releaseKeys(services.store, free)
      return { resealed: count, keys: found, free }
    },
  }
}

export const isNeeded = ({ sealed, codes, browsers, passing }: KeyNeeds): boolean =>
  sealed + codes + browsers + passing > 0

async function usesOf(
  { store, ring, clock }: RingServices,
  ids: string[],
  progress: CareProgress = () => {},
): Promise<KeyUse[]> {
  const found = new Map<string, KeyNeeds>(
    ids.map((id) => [id, { sealed: 0, codes: 0, browsers: 0, passing: 0 }]),
  )
  let seen = 0
  for (const collection of Object.keys(collections) as CollectionName[])
    for await (const page of walkAll(store, collection)) {
      for (const document of page) {
        for (const { key, what, until } of keyNeeds(ring, collection, document, clock())) {
          const use = found.get(key)
          if (use === undefined) continue
          use[what] += 1
          if (until !== undefined) use.until = Math.max(use.until ?? 0, until)
        }
      }
      seen += page.length
      progress(seen)
    }
  return [...found].map(([id, needs]) => ({ id, ...needs }))
}

async function resealAll(services: RingServices, progress: CareProgress = () => {}): Promise<number> {
  const { ring } = services
  let count = 0
  let seen = 0
  for (const collection of Object.keys(resealers) as ResealedName[])
    for await (const page of walkAll(services.store, collection)) {
      for (const document of page) {
        if (resealed(ring, collection, document) === document) continue
        await services.change(collection, document.id, (current) => [
          current && (resealed(ring, collection, current) as Documents[typeof collection]),
          undefined,
        ])
        count += 1
      }
      seen += page.length
      progress(seen)
    }
  return count
}
