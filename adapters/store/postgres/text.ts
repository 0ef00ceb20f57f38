import type { Document } from '../port.ts'

/**
 * PostgreSQL holds every text but those with U+0000 or half a surrogate pair. These are written as U+0001 and a word,
 * and U+0001 itself too: `0` for U+0000, `1` for U+0001, `d800` for U+D800. Texts sort as they did before.
 */
const unfit = /\\(?:u(000[01]|d[89a-f][0-9a-f]{2})|.)/g
const written = /\\(?:u0001([01]|d[89a-f][0-9a-f]{2})|.)/g

/** A document as JSON text that PostgreSQL takes. Only escapes of the text need a look: JSON.stringify writes these as escapes. */
export function toText(document: Document): string {
  return JSON.stringify(document).replace(unfit, (whole, unit?: string) =>
    unit === undefined ? whole : `\\u0001${unit.replace(/^000/, '')}`,
  )
}

export function fromText<T extends Document>(text: string): T {
  if (!text.includes('\\u0001')) return JSON.parse(text)
  const original = text.replace(written, (whole, word?: string) =>
    word === undefined ? whole : `\\u${word.padStart(4, '0')}`,
  )
  return JSON.parse(original)
}

/** The same for an id or an indexed value, which has no half pairs. */
export function toValue(text: string): string {
  return text.replaceAll('\u0001', '\u00011').replaceAll('\0', '\u00010')
}
