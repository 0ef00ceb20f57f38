import type { Document } from './port.ts'

/** The values that an index lists a document under: the text of its field, or each text of a list once. */
export function listedUnder(
  document: Document,
  { field, many }: { field: string; many?: boolean },
): string[] {
  if (!Object.hasOwn(document, field)) return []
  const value = document[field as keyof Document] as unknown
  if (!many) return typeof value === 'string' ? [value] : []
  return Array.isArray(value) ? [...new Set(value.filter((one) => typeof one === 'string'))] : []
}
