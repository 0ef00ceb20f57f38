import { fileURLToPath } from 'node:url'
import { openApiDocument } from '../openapi.ts'
import { apiOperations } from '../table.ts'

/** What is used of a JSON Schema. */
interface Schema {
  $ref?: string
  type?: string
  enum?: unknown[]
  const?: unknown
  properties?: { [name: string]: Schema }
  required?: string[]
  items?: Schema
  additionalProperties?: Schema | boolean
  anyOf?: Schema[]
  oneOf?: Schema[]
  description?: string
}

interface Described {
  operationId: string
  summary: string
  parameters: { name: string; in: string; required: boolean; schema: Schema }[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
  responses: { [status: string]: { content?: { [type: string]: { schema: Schema } } } }
}

interface Document {
  paths: { [path: string]: { [method: string]: Described } }
  components: { schemas: { [name: string]: Schema } }
}

export const clientTypesFile = fileURLToPath(new URL('operations.ts', import.meta.url))

/** The types of the client, from the OpenAPI document alone. `npm run docs` writes them. */
export function clientTypes(): string {
  const base = 'https://id.example.com'
  const document = openApiDocument(apiOperations, { base, issuer: base }) as unknown as Document
  const parts = Object.entries(document.components.schemas).map(
    ([name, schema]) => `export type Api${name} = ${typeOf(schema)}\n`,
  )
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ method: method.toUpperCase(), path, one })),
  )
  const types = operations.map(
    ({ one }) => `  /** ${one.summary}. */\n  ${one.operationId}: ${operationType(one)}`,
  )
  const routes = operations.map(({ one, method, path }) => `  ${one.operationId}: ['${method}', '${path}'],`)
  return [
    '// Written by api/client/generate.ts from the OpenAPI document: `npm run docs`.\n',
    ...parts,
    `export interface ApiOperations {\n${types.join('\n')}\n}\n`,
    `export const apiPaths = {\n${routes.join('\n')}\n} as const\n`,
  ].join('\n')
}

function operationType(one: Described): string {
  const placed = (place: string) => one.parameters.filter((parameter) => parameter.in === place)
  const path = placed('path').map(({ name, schema }) => `${name}: ${typeOf(schema)}`)
  const query = placed('query').map(({ name, schema }) => `${name}?: ${typeOf(schema)} | undefined`)
  const body = one.requestBody?.content['application/json'].schema
  const condition = one.parameters.find(({ name }) => name === 'If-Match')
  const given = [
    ...(path.length > 0 ? [`path: { ${path.join('; ')} }`] : []),
    ...(query.length > 0 ? [`query?: { ${query.join('; ')} }`] : []),
    ...(body === undefined ? [] : [`body: ${typeOf(body)}`]),
    ...(condition === undefined
      ? []
      : [condition.required ? 'ifMatch: string' : 'ifMatch?: string | undefined']),
  ]
  const [good] = Object.entries(one.responses).filter(([status]) => status.startsWith('2'))
  const answer = good?.[1].content?.['application/json']?.schema
  return `{ given: { ${given.join('; ')} }; answer: ${answer === undefined ? 'undefined' : typeOf(answer)} }`
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return `Api${schema.$ref.split('/').at(-1)}`
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  const either = schema.anyOf ?? schema.oneOf
  if (either !== undefined) return either.map(typeOf).join(' | ')
  switch (schema.type) {
    case 'array':
      return `(${typeOf(schema.items ?? {})})[]`
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
    case 'string':
      return schema.type
    case 'object':
      return objectType(schema)
    default:
      return 'unknown'
  }
}

function objectType({ properties, required = [], additionalProperties }: Schema): string {
  if (properties === undefined)
    return `{ [name: string]: ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'} }`
  const members = Object.entries(properties).map(([name, one]) =>
    required.includes(name) ? `${name}: ${typeOf(one)}` : `${name}?: ${typeOf(one)} | undefined`,
  )
  return `{ ${members.join('; ')} }`
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value)
