/** How a password was hashed elsewhere, and what it costs to check one. */
export type ForeignHash =
  | { kind: 'argon2'; phc: string; cost: string }
  | { kind: 'bcrypt'; hash: string; cost: string }
  | {
      kind: 'pbkdf2'
      digest: 'sha1' | 'sha256' | 'sha512'
      iterations: number
      salt: Uint8Array
      key: Uint8Array
      cost: string
    }
  | { kind: 'scrypt'; log: number; r: number; p: number; salt: Uint8Array; key: Uint8Array; cost: string }
  /** Firebase's: scrypt makes a key, which encrypts the project's signer key. */
  | {
      kind: 'fbscrypt'
      log: number
      r: number
      p: number
      salt: Uint8Array
      separator: Uint8Array
      signer: Uint8Array
      key: Uint8Array
      cost: string
    }

/** Stands before a hash that was made elsewhere: of the bytes that were typed there, not of what we make of them. */
export const importedMark = 'imported:'

/** Checking must not cost more than a sign-in may take, whatever a file says. */
const most = { memory: 262_144, passes: 12, lanes: 8, bcrypt: 14, iterations: 2_000_000, log: 17 } as const

/** Reads a hash, or says what is wrong with it. Never repeats it. */
export function readForeignHash(text: string): ForeignHash | { fault: string } {
  // Django puts the name of its hasher in front.
  const hash = text
    .replace(new RegExp(`^${importedMark}`), '')
    .replace(/^(argon2(?=\$argon2)|bcrypt\$(?=\$2))/, '')
  if (/^\$2[abxy]\$/.test(hash)) return readBcrypt(hash)
  if (/^\$argon2/.test(hash)) return readArgon2(hash)
  if (/^\$?pbkdf2[-_$]/.test(hash)) return readPbkdf2(hash)
  if (/^\$(fb)?scrypt\$/.test(hash)) return readScrypt(hash)
  return { fault: 'no hash of a known kind: bcrypt, argon2, PBKDF2, scrypt, or Firebase’s' }
}

const tooCostly = (what: string, bound: number): { fault: string } => ({
  fault: `checking it would cost too much: ${what} is at most ${bound} here`,
})

function readBcrypt(hash: string): ForeignHash | { fault: string } {
  const [, rounds] = /^\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash) ?? []
  if (rounds === undefined)
    return { fault: 'not a whole bcrypt hash ($2a$, $2b$, $2x$ or $2y$, 60 characters)' }
  if (Number(rounds) < 4) return { fault: 'not a bcrypt hash: its cost is below 4' }
  if (Number(rounds) > most.bcrypt) return tooCostly('the cost of bcrypt', most.bcrypt)
  // $2x$ is what a library made that took letters beyond ASCII for others; all other passwords have the same hash.
  return { kind: 'bcrypt', hash: hash.replace(/^\$2x/, '$2y'), cost: `bcrypt ${rounds}` }
}

function readArgon2(phc: string): ForeignHash | { fault: string } {
  const parts =
    /^\$argon2(id|i|d)\$(?:v=(16|19)\$)?([mtp]=\d+(?:,[mtp]=\d+){2})\$([\w+/-]{11,}={0,2})\$([\w+/-]{16,}={0,2})$/.exec(
      phc,
    )
  if (parts === null) return { fault: 'not a whole argon2 hash ($argon2id$v=19$m=…,t=…,p=…$salt$hash)' }
  const {
    m = 0,
    t = 0,
    p = 0,
  } = Object.fromEntries(parts[3]!.split(',').map((one) => [one[0]!, Number(one.slice(2))]))
  if (p < 1 || t < 1 || m < 8 * p) return { fault: 'not an argon2 hash: its parameters can’t be' }
  if (m > most.memory) return tooCostly('the memory of argon2 in KiB', most.memory)
  if (t > most.passes) return tooCostly('the passes of argon2', most.passes)
  if (p > most.lanes) return tooCostly('the lanes of argon2', most.lanes)
  return { kind: 'argon2', phc: phc.replace(/=+(?=\$|$)/g, ''), cost: `argon2${parts[1]} ${m} ${t} ${p}` }
}

/** Django: pbkdf2_sha256$iterations$salt$hash, whose salt is text. PHC and passlib: $pbkdf2-sha256$…, whose salt is base64. */
function readPbkdf2(hash: string): ForeignHash | { fault: string } {
  const django = /^pbkdf2_(sha1|sha256|sha512)\$(\d+)\$([^$]+)\$([\w+/]+={0,2})$/.exec(hash)
  const phc =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=(\d+)(?:,l=\d+)?|(\d+))\$([\w+/.-]+={0,2})\$([\w+/.-]+={0,2})$/.exec(
      hash,
    )
  if (django === null && phc === null)
    return {
      fault: 'not a whole PBKDF2 hash (pbkdf2_sha256$iterations$salt$hash, or $pbkdf2-sha256$i=…$salt$hash)',
    }
  const digest = (django?.[1] ?? phc?.[1] ?? 'sha1') as 'sha1' | 'sha256' | 'sha512'
  const iterations = Number(django?.[2] ?? phc?.[2] ?? phc?.[3])
  const salt = django ? new TextEncoder().encode(django[3]) : bytes(phc![4]!)
  const key = bytes(django?.[4] ?? phc![5]!)
  if (iterations < 1) return { fault: 'not a PBKDF2 hash: no iterations' }
  if (iterations > most.iterations) return tooCostly('the iterations of PBKDF2', most.iterations)
  if (key.length < 16 || key.length > 128) return { fault: 'not a PBKDF2 hash: its length can’t be' }
  return {
    kind: 'pbkdf2',
    digest,
    iterations,
    salt,
    key,
    cost: `pbkdf2 ${digest} ${iterations} ${key.length}`,
  }
}

function readScrypt(hash: string): ForeignHash | { fault: string } {
  const [, name = '', given = '', salt = '', key = ''] = hash.split('$')
  const named = Object.fromEntries(
    given.split(',').map((one) => [one.split('=')[0]!, one.slice(one.indexOf('=') + 1)]),
  )
  const [log, r, p] = [Number(named.ln ?? named.n), Number(named.r), Number(named.p)]
  const whole = [log, r, p].every((one) => Number.isInteger(one) && one > 0)
  if (!whole || bytes(salt).length === 0 || bytes(key).length < 16)
    return { fault: `not a whole scrypt hash ($${name}$ln=…,r=…,p=…$salt$hash)` }
  if (log > most.log || r * p > 32) return tooCostly('ln of scrypt', most.log)
  const common = { log, r, p, salt: bytes(salt), key: bytes(key) }
  if (name === 'scrypt')
    return { kind: 'scrypt', ...common, cost: `scrypt ${log} ${r} ${p} ${common.key.length}` }
  const [separator, signer] = [bytes(named.ss ?? ''), bytes(named.sk ?? '')]
  if (signer.length < 16) return { fault: 'a Firebase hash without the project’s signer key (sk=…)' }
  return { kind: 'fbscrypt', ...common, separator, signer, cost: `fbscrypt ${log} ${r} ${p}` }
}

/** base64 of every alphabet: URL-safe, and passlib’s with a dot. */
const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll('.', '+'), 'base64')

/** A hash that costs the same to check and that no password has: what the work for a stranger is done with. */
export function withoutSecret(text: string): string {
  const hash = text.replace(new RegExp(`^${importedMark}`), '')
  const zeros = (part: string) => 'A'.repeat(part.replace(/=+$/, '').length)
  if (/^(bcrypt\$)?\$2/.test(hash)) return hash.replace(/\$[./A-Za-z0-9]{53}$/, `$${'.'.repeat(53)}`)
  const parts = hash.split('$')
  return [...parts.slice(0, -2), zeros(parts.at(-2)!), zeros(parts.at(-1)!)]
    .join('$')
    .replace(/,sk=[^,$]+/, (sk) => `,sk=${zeros(sk.slice(4))}`)
}
