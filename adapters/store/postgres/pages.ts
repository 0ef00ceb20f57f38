import { escapeIdentifier } from 'pg'
import type { Document, Index, Page } from '../port.ts'

/** A part of an index that lies together, and what its condition compares with. `$1` is the value, `$2` the present. */
export interface Stretch {
  condition: string
  values: unknown[]
}

/** What an index lists after a document, in the index's order. Documents without the number come first. */
export function stretchesAfter<T extends Document>(
  { order }: Index,
  { after, backwards }: Page<T>,
  toValue: (id: string) => string,
): Stretch[] {
  if (after === undefined) return [{ condition: 'true', values: [] }]
  const than = backwards ? '<' : '>'
  const id = toValue(after.id)
  if (order === undefined) return [{ condition: `id ${than} $3`, values: [id] }]
  const column = escapeIdentifier(order)
  const number = after[order as keyof T]
  const beside =
    typeof number === 'number'
      ? { condition: `(${column}, id) ${than} ($3, $4)`, values: [number, id] }
      : { condition: `${column} IS NULL AND id ${than} $3`, values: [id] }
  const isLast = (typeof number === 'number') !== (backwards === true)
  if (isLast) return [beside]
  return [beside, { condition: `${column} IS ${backwards ? '' : 'NOT '}NULL`, values: [] }]
}

export function sorting({ order }: Index, backwards: boolean | undefined): string {
  const [way, nulls] = backwards ? ['DESC', 'LAST'] : ['ASC', 'FIRST']
  const byId = `id ${way}`
  return order === undefined ? byId : `${escapeIdentifier(order)} ${way} NULLS ${nulls}, ${byId}`
}
