import type { Mapped } from './mapped.ts'
import { type Content, type FileRecord, readAnew } from './records.ts'

/** The project's parameters, as the console shows them under Password hash parameters. */
export interface FirebaseHashing {
  signerKey: string
  saltSeparator: string
  rounds: number
  memCost: number
}

type Data = { [name: string]: unknown }

/** `hash_config { algorithm: SCRYPT, base64_signer_key: …, … }` as it is copied, or the same as JSON. */
export function readHashing(text: string): FirebaseHashing | undefined {
  const part = (name: string) => new RegExp(`${name}"?\\s*:\\s*"?([\\w+/=-]+)`, 'i').exec(text)?.[1]
  const signerKey = part('base64_?signer_?key') ?? part('signerKey')
  const saltSeparator = part('base64_?salt_?separator') ?? part('saltSeparator') ?? ''
  const [rounds, memCost] = [Number(part('rounds')), Number(part('mem_?cost'))]
  if (signerKey === undefined || !(rounds > 0) || !(memCost > 0)) return undefined
  return { signerKey, saltSeparator, rounds, memCost }
}

/** A user of `firebase auth:export`. */
export function firebasePerson(user: Data, hashing: FirebaseHashing | undefined): Mapped {
  if (!user.email) return { leftOut: 'no e-mail address' }
  const { passwordHash: hash, salt } = user
  return {
    externalId: user.localId,
    email: user.email,
    emailVerified: user.emailVerified === true || user.emailVerified === 'true',
    name: user.displayName,
    status: user.disabled === true || user.disabled === 'true' ? 'deactivated' : 'active',
    createdAt: user.createdAt ? Number(user.createdAt) : undefined,
    lastSignInAt: user.lastSignedInAt ? Number(user.lastSignedInAt) : undefined,
    phone: user.phoneNumber,
    passwordHash:
      typeof hash === 'string' && hash !== '' ? hashOf(hash, String(salt ?? ''), hashing) : undefined,
  }
}

const standard = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/')

function hashOf(hash: string, salt: string, hashing: FirebaseHashing | undefined): string {
  // Read as a hash that lacks its key: what is missing is said with the person.
  if (hashing === undefined) return `$fbscrypt$v=1,n=14,r=8,p=1$${standard(salt)}$${standard(hash)}`
  const { signerKey, saltSeparator, rounds, memCost } = hashing
  return `$fbscrypt$v=1,n=${memCost},r=${rounds},p=1,ss=${standard(saltSeparator)},sk=${standard(signerKey)}$${standard(salt)}$${standard(hash)}`
}

const columns = ['localId', 'email', 'emailVerified', 'passwordHash', 'salt', 'displayName']

/** Its CSV has no line of names; the first line is somebody. */
export function firebaseCsv({ header, rows }: Content & { kind: 'csv' }): Iterable<FileRecord> {
  return readAnew(function* () {
    for (const { at, cells } of [{ at: { line: 1 }, cells: header }, ...rows]) {
      const first = columns.map((name, index) => [name, cells[index] ?? ''] as const)
      const [createdAt, lastSignedInAt, phoneNumber, disabled] = cells.slice(23)
      const more = { createdAt, lastSignedInAt, phoneNumber, disabled }
      yield { at, value: { ...Object.fromEntries(first), ...more } }
    }
  })
}
