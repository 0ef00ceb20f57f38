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
    if (path !== undefined && path !== '') return ofName({ op, value, ...readPath(path) })
    if (!isObject(value))
      throw new ScimFault(400, 'an operation without a path needs an object as its value', 'noTarget')
    return Object.entries(value).flatMap(([name, inner]) => ofName({ op, value: inner, ...readPath(name) }))
  })
}

const isObject = (value: unknown): value is Resource =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** `name` is made of parts: a step about all of it is one about each. */
function ofName(step: PatchStep): PatchStep[] {
  if (step.attribute !== 'name') return [step]
  if (step.op === 'remove')
    return ['name.givenname', 'name.familyname'].map((part) => ({ ...step, attribute: part }))
  if (!isObject(step.value)) return [step]
  return Object.entries(step.value).map(([part, value]) => ({
    ...step,
    attribute: `name.${attribute(part)}`,
    value,
  }))
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

/** The resource with the steps taken; names of attributes are lower case in it, as they have no case. What is gone is null. */
export function patched(resource: Resource, steps: readonly PatchStep[]): Resource {
  const next = flattened(resource)
  for (const { op, attribute: name, value } of steps)
    next[name] = op === 'remove' ? null : name === 'emails' ? value : onlyValue(value)
  return next
}

/** Entra writes what has one value as `[{ "value": "False" }]` as well. */
export function onlyValue(value: unknown): unknown {
  const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  return isObject(one) && 'value' in one ? one.value : value
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

const references = z.array(z.object({ value: z.string() }))

/** The members of a list that a step is about: those in its value, or those that its filter finds. */
export function aboutMembers({ which, value }: PatchStep, members: readonly { value: string }[]): string[] {
  if (which !== undefined) return members.filter((one) => fits(which, one)).map((one) => one.value)
  const listed = references.safeParse(Array.isArray(value) ? value : [value])
  // Taken for nobody, a list that can't be read would leave nobody in the group.
  if (!listed.success) throw new ScimFault(400, 'members are `{ "value": id }`', 'invalidValue')
  return listed.data.map((one) => one.value)
}
