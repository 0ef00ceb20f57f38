import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import pLimit from 'p-limit'

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
}

/**
 * Hashing shares libuv's threads with signatures and the store. Without a limit a storm of sign-ins starves every
 * token request (docs/decisions/passwords.md has the figures), so at most cores − 1 run at once, and the queue is bounded.
 */
export function createPasswords(queue = 200): Passwords {
  const limit = pLimit(Math.max(1, availableParallelism() - 1))
  const limited = <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.pendingCount >= queue) throw new Overloaded()
    return limit(work)
  }
  // Compared with when nobody has the address, so that the answer takes as long as for a real account.
  const nobody = hash('nobody has this password', argon2Parameters)
  return {
    hash: async (password) => limited(() => hash(normalized(password), argon2Parameters)),
    verify: async (stored, password) => {
      const compared = stored ?? (await nobody)
      const matches = await limited(() => verify(compared, normalized(password)))
      return matches && stored !== undefined
    },
  }
}

// NIST SP 800-63B-4 §3.1.1.2: the same password typed on another keyboard must be the same password.
const normalized = (password: string): string => password.normalize('NFKC')
