import { createCipheriv, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { verify as verifyArgon2 } from '@node-rs/argon2'
import { compare as verifyBcrypt } from 'bcryptjs'
import type { ForeignHash } from '../../rules/password-hash.ts'

const derivePbkdf2 = promisify(pbkdf2)

const deriveScrypt = (
  password: string,
  salt: Uint8Array,
  length: number,
  { log, r, p }: { log: number; r: number; p: number },
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const N = 2 ** log
    scrypt(password, salt, length, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })

/** Whether a hash that was made elsewhere is of this very text. */
export async function verifyForeign(hash: ForeignHash, password: string): Promise<boolean> {
  switch (hash.kind) {
    case 'argon2':
      return verifyArgon2(hash.phc, password)
    case 'bcrypt':
      return verifyBcrypt(password, hash.hash)
    case 'pbkdf2':
      return same(
        hash.key,
        await derivePbkdf2(password, hash.salt, hash.iterations, hash.key.length, hash.digest),
      )
    case 'scrypt':
      return same(hash.key, await deriveScrypt(password, hash.salt, hash.key.length, hash))
    case 'fbscrypt':
      return same(hash.key, await firebase(hash, password))
  }
}

/** https://github.com/firebase/scrypt: AES-256-CTR of the signer key, under what scrypt makes of the password. */
async function firebase(hash: ForeignHash & { kind: 'fbscrypt' }, password: string): Promise<Buffer> {
  const key = await deriveScrypt(password, Buffer.concat([hash.salt, hash.separator]), 32, hash)
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  return Buffer.concat([cipher.update(hash.signer), cipher.final()])
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)
