/** LMDB holds keys of up to 1978 bytes; an index entry must fit a value, a number and an id. */
const longestId = 511
const longestValue = 1023
const orderBytes = 8

/** The key of a document, or nothing when no document can have this id. Bytes sort as code points do. */
export function idKey(id: string): Buffer | undefined {
  return bytes(id, longestId)
}

/** What every entry of a value begins with. Its length comes first, so that no value is the beginning of another. */
export function valuePrefix(value: string): Buffer | undefined {
  const text = value === '' ? Buffer.alloc(0) : bytes(value, longestValue)
  if (text === undefined) return undefined
  const prefix = Buffer.alloc(2 + text.length)
  prefix.writeUInt16BE(text.length)
  text.copy(prefix, 2)
  return prefix
}

/** [value, order number, id] as bytes that sort in that order. Documents without the number come first. */
export function entryKey(prefix: Buffer, order: unknown, id: Buffer): Buffer {
  return Buffer.concat([prefix, sortable(order), id])
}

/** Where the entries of a value end: no number and no id begins with these bytes. */
export function afterEntries(prefix: Buffer): Buffer {
  return Buffer.concat([prefix, Buffer.from([0xff, 0xff])])
}

/** The next key there could be. */
export function justAfter(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.alloc(1)])
}

/** The document's key inside an entry's key. */
export function idInEntry(entry: Buffer, prefix: Buffer): Buffer {
  return entry.subarray(prefix.length + orderBytes)
}

function bytes(text: string, limit: number): Buffer | undefined {
  if (text === '' || text.length > limit || !text.isWellFormed()) return undefined
  const encoded = Buffer.from(text)
  return encoded.length > limit ? undefined : encoded
}

/** IEEE 754 bits sort like the numbers once the sign bit is flipped, and all bits of negative ones. */
function sortable(order: unknown): Buffer {
  const number = Buffer.alloc(orderBytes)
  if (typeof order !== 'number' || !Number.isFinite(order)) return number
  number.writeDoubleBE(order + 0)
  const flip = number[0]! & 0x80 ? 0xff : 0
  for (let i = 0; i < orderBytes; i++) number[i] = number[i]! ^ flip
  if (flip === 0) number[0] = number[0]! | 0x80
  return number
}
