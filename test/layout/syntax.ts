import { parseSync } from '@swc/core'

/** A node of the syntax tree. */
export interface Node {
  type?: string
  [field: string]: unknown
}

/** Every node of a module. */
export const nodesOf = (text: string): Node[] =>
  nodesIn(parseSync(text, { syntax: 'typescript', target: 'es2024' }))

/** Without the parentheses and what is said of its type. */
export function bare(node: Node): Node {
  const wraps = ['ParenthesisExpression', 'TsAsExpression', 'TsConstAssertion', 'TsSatisfiesExpression']
  return wraps.includes(String(node.type)) ? bare(node['expression'] as Node) : node
}

/** The fields that are written out in an object. */
export const fieldsOf = (object: Node): Node[] => object['properties'] as Node[]

function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  if (typeof value !== 'object' || value === null) return []
  return [value as Node, ...Object.values(value).flatMap(nodesIn)]
}
