import type { Document } from '../port.ts'

/**
 * A document as it is stored: JSON, and on a line of its own what it has as `payload`. That is JSON already, what is kept for
 * the library, and most of the text: as a string in JSON each of its quotes would be escaped, with every write and read.
 */
export function textOf(document: Document & { payload?: unknown }): string {
  const { payload } = document
  // What is no text has a sign in JSON alone.
  if (typeof payload !== 'string' || !payload.isWellFormed()) return JSON.stringify(document)
  return `${JSON.stringify({ ...document, payload: undefined })}\n${payload}`
}

/** In JSON a line break is escaped, so the first one ends it. The releases before wrote all of a document as JSON. */
export function documentOf<T extends Document>(text: string): T {
  const end = text.indexOf('\n')
  if (end < 0) return JSON.parse(text)
  const document = JSON.parse(text.slice(0, end))
  document.payload = text.slice(end + 1)
  return document
}

/** When a document expires, in milliseconds, if ever. */
export function expiryOf(text: string): number | undefined {
  const end = text.indexOf('\n')
  const { expiresAt }: Document = JSON.parse(end < 0 ? text : text.slice(0, end))
  return expiresAt
}
