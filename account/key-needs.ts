import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { Document } from '../adapters/store/port.ts'
import type { CollectionName } from '../adapters/store/store.ts'
import type { Protection } from '../rules/account.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'

/** How much needs a key, and why. */
export interface KeyNeeds {
  /** Sealed texts that last: `reseal` seals them anew. */
  sealed: number
  /** People whose backup codes were hashed with it. Nobody but them knows the codes; a new set doesn't need it. */
  codes: number
  /** Browsers that are known by it. Each moves to the first key with its next sign-in. */
  browsers: number
  /** What ends by itself: codes, links, sign-ins under way, messages. */
  passing: number
  /** When the last of those that end will have ended. */
  until?: number
}

interface Need {
  key: string
  what: Exclude<keyof KeyNeeds, 'until'>
  until?: number | undefined
}

/** What a document needs keys for, once for each key and reason. */
export function keyNeeds(ring: KeyRing, collection: CollectionName, document: Document, now: number): Need[] {
  const { expiresAt: until } = document
  if (collection === 'devices') return [{ key: ring.keyOf(document.id), what: 'browsers', until }]
  const what = until === undefined ? 'sealed' : 'passing'
  const sealed = [...textsIn(document)].filter((text) => ring.isSealed(text)).map((text) => ring.keyOf(text))
  const needs: Need[] = [...new Set(sealed)].map((key) => ({ key, what, until }))
  if (collection === 'protections') needs.push(...ofProtection(ring, document as Protection, now))
  if (collection === 'cases') needs.push(...ofCase(ring, document as RecoveryCase))
  return needs
}

function ofProtection(ring: KeyRing, one: Protection, now: number): Need[] {
  const unused = one.backupCodes?.codes.filter(({ usedAt }) => usedAt === undefined) ?? []
  const keys = new Set(unused.map(({ hash }) => ring.keyOf(hash)))
  const passing = [one.pass, one.pendingAddress].filter(
    (mailed) => mailed !== undefined && mailed.expiresAt > now,
  )
  return [
    ...[...keys].map((key): Need => ({ key, what: 'codes' })),
    ...passing.map(
      (mailed): Need => ({ key: ring.keyOf(mailed!.hash), what: 'passing', until: mailed!.expiresAt }),
    ),
  ]
}

/** The code of a case that is over is never asked for again. */
function ofCase(ring: KeyRing, { openFor, code, expiresOn }: RecoveryCase): Need[] {
  return openFor === undefined ? [] : [{ key: ring.keyOf(code.hash), what: 'passing', until: expiresOn }]
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* textsIn(inner)
}
