import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StoreFault } from '../port.ts'

/** Where things are in a meta page of lmdb-js 3, which is not LMDB's own format. There are two, one after another. */
const at = {
  magic: 24,
  version: 28,
  pageSize: 48,
  freeRoot: 88,
  mainRoot: 136,
  lastPage: 144,
  transaction: 152,
  end: 160,
}
/** Where nothing is kept yet. */
const noRoot = 2n ** 64n - 1n
const magic = 0xbeefc0de
const formatVersion = 2

const reasons: { [code: string]: string } = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is read-only',
  ENOTDIR: 'it is no folder',
  EEXIST: 'it is no folder',
  ENOSPC: 'the disk is full',
  ENOENT: "it is not there, and can't be made",
}

/** Why a folder can't be used, in words. */
export const folderReason = ({ code = '', message }: NodeJS.ErrnoException): string =>
  reasons[code] ?? message.split('\n')[0]!

/** Makes the folder, or looks at what is there. The library ends the process by a signal where it reads what isn't sound. */
export function inspectFolder(path: string): void {
  try {
    makeFolder(path)
    for (const file of ['.', 'data.mdb', 'lock.mdb'].map((name) => join(path, name)))
      if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK)
  } catch (error) {
    throw new StoreFault(
      `The store's folder ${path} can't be used: ${folderReason(error as NodeJS.ErrnoException)}`,
    )
  }
  const data = join(path, 'data.mdb')
  if (!existsSync(data) || statSync(data).size === 0) return
  const fault = fileFault(data)
  if (fault) throw new StoreFault(`${data} ${fault} Restore a backup, or name another folder.`)
}

/**
 * One after another: told to make all of them, Node tries for ever where a system has no such folder and takes none, as
 * /proc does. What is in here opens accounts: nobody but the operator's own user may look.
 */
function makeFolder(path: string): void {
  const missing: string[] = []
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at)
  for (const one of missing) {
    try {
      mkdirSync(one, { mode: 0o700 })
    } catch (error) {
      // Another process that starts may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
}

/** Whether a file begins as a store of ours does. */
export function isLmdbFile(file: string): boolean {
  const first = pageAt(file, 0)
  return first !== undefined && isMeta(first)
}

/** Why a file can't be a store, as far as its first pages tell. What another process writes meanwhile is there a moment later. */
export const fileFault = (data: string): string | undefined => faultSeen(data) && faultSeen(data)

function faultSeen(data: string): string | undefined {
  const { size } = statSync(data)
  const first = pageAt(data, 0)
  if (!first || !isMeta(first)) return 'is not a store of Rekey, or its beginning is damaged.'
  const pageSize = first.readUInt32LE(at.pageSize)
  const second = pageAt(data, pageSize)
  if (!second || !isMeta(second)) return 'is damaged: its second page is not what it has to be.'
  const isFirst = first.readBigUInt64LE(at.transaction) > second.readBigUInt64LE(at.transaction)
  const meta = isFirst ? first : second
  const pages = meta.readBigUInt64LE(at.lastPage) + 1n
  const missing = pages * BigInt(pageSize) - BigInt(size)
  if (missing > 0n) return `is damaged: its last ${missing} bytes are missing.`
  const roots = [at.freeRoot, at.mainRoot].map((place) => meta.readBigUInt64LE(place))
  return roots.every((root) => root === noRoot || (root < pages && isPage(data, root, pageSize)))
    ? undefined
    : 'is damaged: its pages are not what they have to be.'
}

/** Where in an open file of a store the numbers are of the commits that its two meta pages tell of. */
export function metaNumbersAt(file: number): number[] {
  const size = Buffer.alloc(4)
  readSync(file, size, 0, size.length, at.pageSize)
  return [at.transaction, size.readUInt32LE() + at.transaction]
}

/** Every page begins with its own number; the library follows what a root says without a look at that. */
function isPage(data: string, number: bigint, pageSize: number): boolean {
  return pageAt(data, Number(number) * pageSize)?.readBigUInt64LE(0) === number
}

function pageAt(data: string, position: number): Buffer | undefined {
  const file = openSync(data, 'r')
  try {
    const page = Buffer.alloc(at.end)
    return readSync(file, page, 0, at.end, position) === at.end ? page : undefined
  } finally {
    closeSync(file)
  }
}

function isMeta(page: Buffer): boolean {
  return page.readUInt32LE(at.magic) === magic && page.readUInt32LE(at.version) === formatVersion
}
