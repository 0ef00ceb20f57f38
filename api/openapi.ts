import { z } from 'zod'
import { apiResource, apiScopes } from '../rules/api-scopes.ts'
import { type Operation, reasonsOf } from './operation.ts'
import { type ApiReason, apiProblems } from './problems.ts'

type Json = { [member: string]: unknown }

const problemSchema = z
  .object({
    type: z.url(),
    title: z.string().describe('In the language of `Accept-Language`.'),
    status: z.int(),
    reason: z.enum(Object.keys(apiProblems) as [ApiReason, ...ApiReason[]]),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    until: z.int().optional().describe('Until when, in milliseconds since 1970.'),
    left: z.int().optional().describe('How many tries are left.'),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457), with a closed list of reasons.' })

/** The OpenAPI document: made from the schemas that validate, so that it can't say anything else. */
export function openApiDocument(
  operations: readonly Operation[],
  config: { base: string; issuer: string },
): Json {
  const schemas: Json = {}
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => hoisted(schema, io, schemas)
  const problem = schemaOf(problemSchema, 'output')
  const paths: { [path: string]: Json } = {}
  for (const one of operations) {
    paths[one.path] ??= {}
    paths[one.path]![one.method] = operationOf(one, schemaOf, problem)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Rekey',
      version: '1',
      description: 'Recovery as something to build on: organizations, people, cases, audit.',
    },
    servers: [{ url: apiResource(config) }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas, securitySchemes: { oauth: oauthOf(config) } },
  }
}

const oauthOf = ({ base }: { base: string }): Json => ({
  type: 'oauth2',
  flows: {
    clientCredentials: { tokenUrl: `${base}/token`, scopes: apiScopes },
    authorizationCode: { authorizationUrl: `${base}/auth`, tokenUrl: `${base}/token`, scopes: apiScopes },
  },
})

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json

function operationOf(one: Operation, schemaOf: SchemaOf, problem: Json): Json {
  return {
    operationId: one.id,
    tags: [one.tag],
    summary: one.summary,
    description: one.says,
    security: [{ oauth: [one.scope] }],
    parameters: parametersOf(one, schemaOf),
    requestBody: one.body && {
      required: true,
      content: { 'application/json': { schema: schemaOf(one.body, 'input') } },
    },
    responses: { [one.status]: answerOf(one, schemaOf), ...refusalsOf(one, problem) },
  }
}

function parametersOf(one: Operation, schemaOf: SchemaOf): Json[] {
  const listed = (place: 'path' | 'query', schema: z.ZodObject | undefined) => {
    if (schema === undefined) return []
    const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
      properties?: { [name: string]: Json }
      required?: string[]
    }
    return Object.entries(properties).map(([name, { description, ...rest }]) => ({
      ...{ name, in: place, description, schema: rest },
      required: place === 'path' || required.includes(name),
    }))
  }
  const header = (name: string, description: string, required = false) => ({
    ...{ name, in: 'header', description, required },
    schema: { type: 'string' },
  })
  return [
    ...listed('path', one.params),
    ...listed('query', one.query),
    ...(one.conditional === undefined
      ? []
      : [header('If-Match', 'The `ETag` that the change is made for.', one.conditional === true)]),
    ...(one.method === 'post'
      ? [
          header(
            'Idempotency-Key',
            'The same key and body are carried out once, and answered alike for a day.',
          ),
        ]
      : []),
    header('Accept-Language', 'The language of what is said to people: `en` or `ja`.'),
  ]
}

function answerOf(one: Operation, schemaOf: SchemaOf): Json {
  const headers = {
    RateLimit: { description: 'What is left of the client’s requests.', schema: { type: 'string' } },
  }
  if (one.answer === undefined) return { description: 'Done.', headers }
  return {
    description: 'Done.',
    headers: { ...headers, ETag: { description: 'Names this version.', schema: { type: 'string' } } },
    content: { 'application/json': { schema: schemaOf(one.answer, 'output') } },
  }
}

function refusalsOf(one: Operation, problem: Json): Json {
  const byStatus = Map.groupBy(reasonsOf(one), (reason) => apiProblems[reason])
  return Object.fromEntries(
    [...byStatus].map(([status, reasons]) => [
      status,
      {
        description: reasons.map((reason) => `\`${reason}\``).join(', '),
        content: {
          'application/problem+json': {
            schema: { allOf: [problem, { properties: { reason: { enum: reasons } } }] },
          },
        },
      },
    ]),
  )
}

/** A JSON Schema whose named parts stand among the components. */
function hoisted(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...made
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json & {
    $defs?: Json
  }
  for (const [name, one] of Object.entries($defs)) components[name] = rewritten(one)
  const { id, ...rest } = rewritten(made) as Json
  if (typeof id !== 'string') return rest
  components[id] = rest
  return { $ref: `#/components/schemas/${id}` }
}

const rewritten = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, member) => {
      if (key === '$ref') return String(member).replace('#/$defs/', '#/components/schemas/')
      return member
    }),
  )
