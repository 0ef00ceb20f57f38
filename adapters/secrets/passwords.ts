import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import pLimit from 'p-limit'
import { type ForeignHash, readForeignHash } from '../../rules/password-hash.ts'
import { verifyForeign } from './foreign-hashes.ts'

/** What a hash costs: KiB, passes and lanes. */
interface Argon2Parameters {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
export const argon2Parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** More people are waiting for their password to be checked than the machine can serve in good time. */
export class Overloaded extends Error {
  constructor() {
    super('too many passwords are waiting to be checked')
    this.name = 'Overloaded'
  }
}

export interface Passwords {
  /** PHC string. Throws Overloaded. */
  hash(password: string): Promise<string>
  /** Takes the same time when there is no hash to compare with. Throws Overloaded. */
  verify(hash: string | undefined, password: string): Promise<boolean>
  /** Whether it was made elsewhere, or by other parameters: it is made anew as soon as the password is known. */
  isForeign(stored: string): boolean
  /** How many wait to be hashed, and are, at the moment. */
  waiting?(): number
  /**
   * Begins with a request that brings a password when that can soon be hashed; `full` answers it where too many wait.
   * Missing where nobody has to wait, as nothing is hashed.
   */
  inTurn?<T>(work: () => Promise<T>, full: () => Promise<T>): Promise<T>
}

/** How many requests are under way beside those whose password is hashed: each asks the store before and after. */
const underWay = 8

/**
 * Hashing shares libuv's threads with signatures and the store. Without a limit a storm of sign-ins starves every
 * token request (docs/decisions/passwords.md has the figures), so few run at once (hashedAtOnce), and the queue is bounded.
 *
 * @param foreign hashes without a secret, one of each cost that people brought along: a stranger's try does the work of
 * them all, so that no time tells who is here, or where from.
 * @param parameters cheaper ones are for tests of something else.
 */
export function createPasswords(
  queue = 200,
  foreign: () => Promise<readonly string[]> = async () => [],
  parameters: Argon2Parameters = argon2Parameters,
): Passwords {
  const ownPrefix = prefixOf(parameters)
  const isForeign = (stored: string): boolean => !stored.startsWith(ownPrefix)
  const nobodys = nobodysOf(ownPrefix)
  const atOnce = hashedAtOnce(availableParallelism(), Number(process.env.UV_THREADPOOL_SIZE) || 4)
  const limit = pLimit(atOnce)
  const turns = pLimit(atOnce + underWay)
  const limited = <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.pendingCount >= queue) throw new Overloaded()
    return limit(work)
  }
  return {
    isForeign,
    waiting: () => turns.pendingCount + limit.pendingCount + limit.activeCount,
    inTurn: (work, full) => (turns.pendingCount >= queue ? full() : turns(work)),
    hash: async (password) => limited(() => hash(normalized(password), parameters)),
    verify: async (stored, password) => {
      const dummies = await foreign()
      return limited(async () => {
        const isOwn = stored !== undefined && !isForeign(stored)
        const own = await verify(isOwn ? stored : nobodys, normalized(password))
        const theirs = await verifyAsImported(isOwn ? undefined : stored, dummies, password)
        return isOwn ? own : theirs
      })
    },
  }
}

/**
 * Leaves a core to what isn't hashing, and one of libuv's threads: a commit would wait for a hash where all of them hash.
 *
 * @param threads in libuv's pool: four, unless UV_THREADPOOL_SIZE says otherwise.
 */
export const hashedAtOnce = (cores: number, threads: number): number =>
  Math.max(1, Math.min(cores, threads) - 1)

/** The work of every foreign cost, whoever it is for. */
async function verifyAsImported(
  stored: string | undefined,
  dummies: readonly string[],
  password: string,
): Promise<boolean> {
  const asked = stored === undefined ? undefined : readForeignHash(stored)
  const real = asked === undefined || 'fault' in asked ? undefined : asked
  const others = dummies.flatMap((one) => {
    const read = readForeignHash(one)
    return 'fault' in read || read.cost === real?.cost ? [] : [read]
  })
  for (const one of others) await anyForm(one, password)
  return real === undefined ? false : anyForm(real, password)
}

/** Hashes made elsewhere are of the bytes that a keyboard sent there, composed or not; each form is tried. */
async function anyForm(hash: ForeignHash, password: string): Promise<boolean> {
  const forms = new Set([
    password,
    ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form) => password.normalize(form)),
  ])
  let found = false
  for (const form of forms) found = (await verifyForeign(hash, form)) || found
  return found
}

const prefixOf = ({ memoryCost, timeCost, parallelism }: Argon2Parameters): string =>
  `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`

/**
 * Compared with when nobody has the address, so that the answer takes as long as for a real account; whatever comes of it
 * counts for nothing. No password need be hashed for it, which would make every start wait.
 */
const nobodysOf = (ownPrefix: string): string => `${ownPrefix}${'nobodys'.repeat(3)}A$${'nobody'.repeat(7)}A`

// NIST SP 800-63B-4 §3.1.1.2: the same password typed on another keyboard must be the same password.
const normalized = (password: string): string => password.normalize('NFKC')
