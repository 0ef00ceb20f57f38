/** What ID tokens, logout tokens, JWT access tokens and security events may be signed with. */
export const signingAlgorithms = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const

export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** What decides which signing key does what. Times in milliseconds since 1970. */
export interface KeyTimes {
  alg: string
  /** From then on it signs, until a newer one of its algorithm does. It is published from its creation. */
  signsFrom: number
}

export interface KeyPolicy {
  /** How long a key signs; 0 for as long as nobody replaces it by hand. */
  signsFor: number
  /** How long a new key is published before it signs: every process and every app's cache has seen it by then. */
  publishedBefore: number
  /** How long a key is published after it has signed: what it signed is still verified. */
  publishedAfter: number
}

const newestFirst = <K extends KeyTimes>(keys: K[], alg: string): K[] =>
  keys.filter((key) => key.alg === alg).sort((a, b) => b.signsFrom - a.signsFrom)

/** The key of an algorithm that signs now. */
export function signingKey<K extends KeyTimes>(keys: K[], alg: string, now: number): K | undefined {
  const ordered = newestFirst(keys, alg)
  return ordered.find((key) => key.signsFrom <= now) ?? ordered.at(-1)
}

/** The keys that are published now: those that will sign, that sign, and whose signatures still have to be verified. */
export function publishedKeys<K extends KeyTimes>(
  keys: K[],
  now: number,
  { publishedAfter }: KeyPolicy,
): K[] {
  return keys.filter((key) => {
    const later = newestFirst(keys, key.alg).filter(({ signsFrom }) => signsFrom > key.signsFrom)
    const successor = later.at(-1)
    return successor === undefined || successor.signsFrom + publishedAfter > now
  })
}

/** From when a new key of an algorithm has to sign; undefined while none is needed. */
export function nextKeyFrom<K extends KeyTimes>(
  keys: K[],
  alg: string,
  now: number,
  { signsFor, publishedBefore }: KeyPolicy,
): number | undefined {
  const newest = newestFirst(keys, alg)[0]
  // The first key of an algorithm has nobody before it who could sign meanwhile.
  if (newest === undefined) return now
  if (signsFor === 0 || newest.signsFrom > now) return undefined
  const ends = newest.signsFrom + signsFor
  return ends - publishedBefore > now ? undefined : Math.max(ends, now + publishedBefore)
}
