import fc from 'fast-check'
import { z } from 'zod'

/** What is used of the OpenAPI document. */
export interface Document {
  paths: { [path: string]: { [method: string]: Described } }
  components: { schemas: { [name: string]: Schema } }
}

export interface Described {
  operationId: string
  security: [{ oauth: [string] }]
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
  responses: { [status: string]: { content?: { [type: string]: { schema: Schema } } } }
}

export interface Schema {
  $ref?: string
  type?: string
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  properties?: { [name: string]: Schema }
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  minimum?: number
  maximum?: number
  minItems?: number
  minLength?: number
  maxLength?: number
}

export interface DescribedOperation extends Described {
  method: string
  path: string
}

export const operationsOf = ({ paths }: Document): DescribedOperation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ ...one, method: method.toUpperCase(), path })),
  )

/** Values that a schema allows, so far as it says: what they mean is for the API to judge. */
export function allowedBy(document: Document, schema: Schema): fc.Arbitrary<unknown> {
  const inner = (one: Schema) => allowedBy(document, one)
  if (schema.$ref !== undefined)
    return inner(document.components.schemas[schema.$ref.replace('#/components/schemas/', '')]!)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return fc.oneof(...either.map(inner))
  switch (schema.type) {
    case 'object':
      return objectOf(document, schema)
    case 'array':
      return fc.array(inner(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 })
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(schema.minimum ?? 0, -1e6),
        max: Math.min(schema.maximum ?? 100, 1e6),
      })
    case 'boolean':
      return fc.boolean()
    default:
      return textOf(schema)
  }
}

function objectOf(document: Document, { properties = {}, required = [] }: Schema): fc.Arbitrary<object> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [name, allowedBy(document, one)]),
  )
  return fc.record(members, { requiredKeys: required as never[] })
}

function textOf({ format, pattern, minLength = 1, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  // Nothing is ever sent there.
  if (format === 'uri') return fc.constantFrom('https://10.0.0.1/', 'https://10.0.0.2/callback')
  if (format === 'email')
    return fc.constantFrom('new@acme.example', 'new@other.example', 'newer@acme.example')
  if (pattern?.startsWith('^[\\w-]') === true) return fc.stringMatching(/^[\w-]{1,20}$/)
  return fc.string({
    minLength: Math.min(minLength, 40),
    maxLength: Math.min(maxLength, 60),
    unit: 'grapheme',
  })
}

/** Whether a value is what a schema of the document says. */
export function checks(document: Document, schema: Schema): z.ZodType {
  const local = (value: unknown) =>
    JSON.parse(JSON.stringify(value).replaceAll('#/components/schemas/', '#/$defs/'))
  return z.fromJSONSchema({ ...local(schema), $defs: local(document.components.schemas) })
}
