/** LMDB holds keys of up to 1978 bytes; an index entry must fit a value, a number and an id. */
const longestId = 511
const longestValue = 1023
const lengthBytes = 2
const orderBytes = 8

/** The key of a document, or nothing when no document can have this id. Bytes sort as code points do. */
export function idKey(id: string): Buffer | undefined {
  return bytes(id, longestId)
}

/** What every entry of a value begins with. Its length comes first, so that no value is the beginning of another. */
export function valuePrefix(value: string): Buffer | undefined {
  const length = valueLength(value)
  return length === undefined
    ? undefined
    : writtenValue(Buffer.allocUnsafe(lengthBytes + length), value, length)
}

/** [value, order number, id] as bytes that sort in that order. Documents without the number come first. */
export function entryKey(prefix: Buffer, order: unknown, id: Buffer): Buffer {
  return withPlace(
    Buffer.concat([prefix, Buffer.allocUnsafe(orderBytes + id.length)]),
    prefix.length,
    order,
    id,
  )
}

/** The same of a value, made at once: there are very many of them. And how much of it is the value's. */
export function valueEntry(
  value: string,
  order: unknown,
  id: Buffer,
): { key: Buffer; prefixLength: number } | undefined {
  const length = valueLength(value)
  if (length === undefined) return undefined
  const prefixLength = lengthBytes + length
  const key = writtenValue(Buffer.allocUnsafe(prefixLength + orderBytes + id.length), value, length)
  return { key: withPlace(key, prefixLength, order, id), prefixLength }
}

function valueLength(value: string): number | undefined {
  if (value.length > longestValue || !value.isWellFormed()) return undefined
  const length = Buffer.byteLength(value)
  return length > longestValue ? undefined : length
}

function writtenValue(key: Buffer, value: string, length: number): Buffer {
  key.writeUInt16BE(length)
  key.write(value, lengthBytes)
  return key
}

function withPlace(key: Buffer, at: number, order: unknown, id: Buffer): Buffer {
  writeSortable(key, at, order)
  key.set(id, at + orderBytes)
  return key
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
function writeSortable(key: Buffer, at: number, order: unknown): void {
  if (typeof order !== 'number' || !Number.isFinite(order)) {
    key.fill(0, at, at + orderBytes)
    return
  }
  key.writeDoubleBE(order + 0, at)
  const flip = key[at]! & 0x80 ? 0xff : 0
  if (flip === 0) key[at] = key[at]! | 0x80
  else for (let i = at; i < at + orderBytes; i++) key[i] = key[i]! ^ flip
}
