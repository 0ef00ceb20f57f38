import type { Document } from '../port.ts'

/** What JSON text has none of. */
const lineEnd = '\n'

/**
 * A document as text: JSON, and after a line's end its `payload` as it is. That is most of what an app's request reads,
 * and text already: inside of JSON each of its quotes would be escaped, and read once more.
 */
export function textOf(document: Document): string {
  const { payload } = document as { payload?: unknown }
  // Only well-formed text comes back as it was written; in JSON half a character is escaped.
  if (typeof payload !== 'string' || !payload.isWellFormed()) return JSON.stringify(document)
  return `${JSON.stringify({ ...document, payload: undefined })}${lineEnd}${payload}`
}

export function documentIn<T extends Document>(text: string): T {
  const end = text.indexOf(lineEnd)
  if (end < 0) return JSON.parse(text)
  return Object.assign(JSON.parse(text.slice(0, end)), { payload: text.slice(end + 1) })
}
