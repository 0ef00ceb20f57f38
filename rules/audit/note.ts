import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { rootOf, type Tree } from './merkle.ts'

/** Who signs checkpoints: a name without a scheme, and an Ed25519 key (C2SP signed-note). */
export interface Signer {
  name: string
  key: KeyObject
}

/** What a checkpoint says (C2SP tlog-checkpoint). */
export interface Checkpoint {
  origin: string
  size: number
  /** base64 */
  root: string
}

const ed25519 = Buffer.from([1])

/** PKCS #8 of an Ed25519 key (RFC 8410 §7) up to its 32 bytes. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

export function signerOf(name: string, seed: Buffer): Signer {
  return { name, key: createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' }) }
}

const publicBytes = ({ key }: Signer): Buffer =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x!, 'base64url')

const keyId = (signer: Signer): Buffer =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.from(`${signer.name}\n`), ed25519, publicBytes(signer)]))
    .digest()
    .subarray(0, 4)

/** What verifiers and witnesses are given: `name+hash+key`. */
export function verifierKey(signer: Signer): string {
  const key = Buffer.concat([ed25519, publicBytes(signer)]).toString('base64')
  return `${signer.name}+${keyId(signer).toString('hex')}+${key}`
}

export function signedCheckpoint(signer: Signer, tree: Tree): string {
  return signedNote(signer, `${signer.name}\n${tree.size}\n${rootOf(tree)}\n`)
}

/** @param text ends in a newline */
export function signedNote(signer: Signer, text: string): string {
  const signature = Buffer.concat([keyId(signer), sign(null, Buffer.from(text), signer.key)])
  return `${text}\n— ${signer.name} ${signature.toString('base64')}\n`
}

/** What a signed note says, if this signer's signature is among those under it. */
export function readCheckpoint(signer: Signer, note: string): Checkpoint | undefined {
  const [text, signatures] = parts(note)
  const [origin = '', size = '', root = ''] = text.split('\n')
  if (origin !== signer.name || !/^(0|[1-9]\d{0,14})$/.test(size)) return undefined
  const signed = signatures.some((line) => isSignature(signer, text, line))
  return signed ? { origin, size: Number(size), root } : undefined
}

/**
 * The same of an installation whose issuer has moved since: notes from before carry its former name, and the key is the
 * same. Somebody else's name changes nothing, as it takes the key to sign under it.
 */
export function readOwnCheckpoint(signer: Signer, note: string): Checkpoint | undefined {
  const [name = ''] = note.split('\n', 1)
  return readCheckpoint({ ...signer, name }, note)
}

function parts(note: string): [text: string, signatures: string[]] {
  const end = note.lastIndexOf('\n\n')
  if (end < 0) return ['', []]
  return [
    note.slice(0, end + 1),
    note
      .slice(end + 2)
      .split('\n')
      .filter(Boolean),
  ]
}

function isSignature(signer: Signer, text: string, line: string): boolean {
  const [dash, name, encoded = ''] = line.split(' ')
  const bytes = Buffer.from(encoded, 'base64')
  if (dash !== '—' || name !== signer.name || !bytes.subarray(0, 4).equals(keyId(signer))) return false
  return verify(null, Buffer.from(text), createPublicKey(signer.key), bytes.subarray(4))
}

/** The notes of a file that holds one after the other, with empty lines between. */
export function notesIn(text: string): string[] {
  const found = text
    .replaceAll('\r\n', '\n')
    .matchAll(/(?:^|\n)((?:[^—\n][^\n]*\n)+\n(?:— [^\n]*(?:\n|$))+)/g)
  return [...found].map(([, note]) => note!.replace(/\n?$/, '\n'))
}
