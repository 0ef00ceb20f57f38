import { z } from 'zod'
import { ScimFault } from './fault.ts'
import { attribute, type Filter, fits, parseFilter } from './filter.ts'

type Resource = { [name: string]: unknown }

export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

const operations = z.object({
  Operations: z
    .array(
      z.object({
        // Entra writes `Add`, `Replace`.
        op: z
          .string()
          .transform((op) => op.toLowerCase())
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().max(500).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(200),
})

/** One step of a PATCH: what is done to which attribute, and to which of its values. */
export interface PatchStep {
  op: 'add' | 'replace' | 'remove'
  /** Lower case, `name.givenname`. */
  attribute: string
  /** Of a list: which of its members. */
  which?: Filter | undefined
  value: unknown
}

/**
 * The steps of a PATCH (RFC 7644 §3.5.2). One without a path is a step for each member of its value, as Okta and Entra
 * send them: `{ "op": "replace", "value": { "active": false, "name.givenName": "Mika" } }`.
 */
export function patchSteps(body: unknown): PatchStep[] {
  const read = operations.safeParse(lowered(body))
  if (!read.success) throw new ScimFault(400, "the operations can't be read", 'invalidSyntax')
  return read.data.Operations.flatMap(({ op, path, value }) => {
    if (path !== undefined && path !== '') return [{ op, value, ...readPath(path) }]
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      throw new ScimFault(400, 'an operation without a path needs an object as its value', 'noTarget')
    return Object.entries(value).map(([name, inner]) => ({ op, value: inner, ...readPath(name) }))
  })
}

/** `operations` is written in either way. */
function lowered(body: unknown): unknown {
  if (body === null || typeof body !== 'object') return body
  const [, list] = Object.entries(body).find(([name]) => name.toLowerCase() === 'operations') ?? []
  return { Operations: list }
}

/** `members[value eq "7"]`, `emails[type eq "work"].value`, `name.givenName`. */
function readPath(path: string): Pick<PatchStep, 'attribute' | 'which'> {
  const [, name, filter, rest] = /^([\w.:$-]+)(?:\[(.*)\](?:\.(\w+))?)?$/.exec(path) ?? []
  if (name === undefined) throw new ScimFault(400, "a path can't be read", 'invalidPath')
  const inner = rest === undefined ? '' : `.${rest.toLowerCase()}`
  return {
    attribute: attribute(name) + inner,
    which: filter === undefined ? undefined : parseFilter(filter),
  }
}

/** The resource with the steps taken; names of attributes are lower case in it, as they have no case. */
export function patched(resource: Resource, steps: readonly PatchStep[]): Resource {
  const next = flattened(resource)
  for (const { op, attribute: name, which, value } of steps) {
    if (op === 'remove') delete next[name]
    else if (which !== undefined) next[name] = value
    else if (value !== null && typeof value === 'object' && !Array.isArray(value))
      for (const [inner, one] of Object.entries(value)) next[`${name}.${inner.toLowerCase()}`] = one
    else next[name] = value
  }
  return next
}

/** `{ name: { givenName } }` as `name.givenname`. */
export function flattened(resource: Resource, prefix = ''): Resource {
  return Object.fromEntries(
    Object.entries(resource).flatMap(([name, value]) => {
      const path = prefix + attribute(name)
      return value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.entries(flattened(value as Resource, `${path}.`))
        : [[path, value] as const]
    }),
  )
}

/** The members of a list that a step is about: those in its value, or those that its filter finds. */
export function aboutMembers({ which, value }: PatchStep, members: readonly { value: string }[]): string[] {
  if (which !== undefined) return members.filter((one) => fits(which, one)).map((one) => one.value)
  const listed = z.array(z.object({ value: z.string() })).safeParse(Array.isArray(value) ? value : [value])
  return listed.success ? listed.data.map((one) => one.value) : []
}
