import { globSync, readFileSync } from 'node:fs'
import { productFiles } from './product-files.ts'
import { bare, type Node, nodesOf } from './syntax.ts'

/** `...(x ? { a } : {})` and `...(x && { a })`: a field that may be undefined says the same, and plainly. */
export function conditionalSpreads(): string[] {
  return globSync(productFiles).flatMap((file) =>
    conditionalSpreadsIn(readFileSync(file, 'utf8')).map((fields) => `${file}: ${fields}`),
  )
}

/** The fields of each. */
export function conditionalSpreadsIn(text: string): string[] {
  return nodesOf(text)
    .filter(({ type }) => type === 'ObjectExpression')
    .flatMap(({ properties }) => properties as Node[])
    .filter(({ type }) => type === 'SpreadElement')
    .flatMap((spread) => nowAndThen(bare(spread['arguments'] as Node)) ?? [])
    .map((fields) => `...{ ${fields.join(', ')} }`)
}

/** The fields that are there now and then. */
function nowAndThen({ type, operator, right, consequent, alternate }: Node): string[][] | undefined {
  if (type === 'BinaryExpression' && operator === '&&') return fieldsOf(right as Node)
  if (type !== 'ConditionalExpression') return undefined
  const [one, other] = [bare(consequent as Node), bare(alternate as Node)]
  if (isEmpty(one)) return fieldsOf(other)
  return isEmpty(other) ? fieldsOf(one) : undefined
}

function fieldsOf(node: Node): string[][] | undefined {
  const { type, properties } = bare(node)
  const names = type === 'ObjectExpression' ? (properties as Node[]).map(nameOf) : [undefined]
  return names.includes(undefined) ? undefined : [names as string[]]
}

/** Undefined of what may have any name: an entry of a map is there or not. */
const nameOf = ({ type, key, value }: Node): string | undefined =>
  type === 'Identifier' ? String(value) : ((key as Node | undefined)?.['value'] as string | undefined)

const isEmpty = ({ type, properties }: Node): boolean =>
  type === 'ObjectExpression' && (properties as Node[]).length === 0
