import { createHash } from 'node:crypto'

/**
 * A Merkle tree that only grows (RFC 9162 §2.1), as much of it as is needed to go on: the roots of its perfect subtrees,
 * the largest first, one for every bit of its size.
 */
export interface Tree {
  size: number
  /** base64 */
  roots: string[]
}

export const emptyTree: Tree = { size: 0, roots: [] }

const sha256 = (...parts: Buffer[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

const [leafPrefix, nodePrefix] = [Buffer.from([0]), Buffer.from([1])]
const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(nodePrefix, left, right)

export function withLeaf({ size, roots }: Tree, leaf: string): Tree {
  const left: Buffer[] = roots.map((root) => Buffer.from(root, 'base64'))
  let hash = sha256(leafPrefix, Buffer.from(leaf))
  // Each full pair becomes one: as many as the size has ones at its end.
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(left.pop()!, hash)
  return { size: size + 1, roots: [...left, hash].map((root) => root.toString('base64')) }
}

/** The hash of the whole tree, base64. */
export function rootOf({ roots }: Tree): string {
  const hashes: Buffer[] = roots.map((root) => Buffer.from(root, 'base64'))
  if (hashes.length === 0) return sha256().toString('base64')
  return hashes.reduceRight((right: Buffer, left: Buffer) => nodeHash(left, right)).toString('base64')
}
