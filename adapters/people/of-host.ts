import { z } from 'zod'
import { localeTags, tagFor } from '../../rules/locale.ts'
import type { Belonging, People, Person } from './people.ts'

const text = z.string().min(1)

/** What may be missing: tables say null for it. */
const perhaps = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const spoken = z.enum(localeTags).or(z.string().transform(tagFor))

const personSchema = z.object({
  id: text,
  login: text,
  name: z.string(),
  mail: z.tuple([text], text),
  emailVerified: perhaps(z.boolean()).transform((proven) => (proven === false ? proven : undefined)),
  status: z.enum(['active', 'deactivated', 'removed']),
  passwordVersion: text,
  locale: perhaps(spoken),
  givenName: perhaps(z.string()),
  familyName: perhaps(z.string()),
  birthDate: perhaps(z.iso.date()),
  updatedAt: perhaps(z.number()),
})

const belongingsSchema = z.array(
  z.object({
    organization: z.object({ id: text, name: z.string() }),
    role: z.enum(['super_admin', 'member']),
    since: z.number(),
  }),
)

/** The host's own row of a person, given back to its `verify`: the hash may be there. */
const row = Symbol('row')
type Known = Person & { [row]?: unknown }

/**
 * A host's people as they are read here: by what a person has, and nothing else. A column of the host's that happens to be
 * called as something of ours (`phone`, `factors`, `operator`) must decide nothing. What doesn't fit is a TypeError that
 * names the field and never the value.
 */
export function peopleOfHost(given: People, organizations = given.organizations): People {
  const read = (method: string, found: unknown): Person | undefined => {
    if (found === undefined || found === null) return undefined
    return Object.assign(fitting(personSchema, found, `people.${method}`), { [row]: found })
  }
  return {
    get: async (id) => read('get', await given.get(id)),
    find: async (login) => read('find', await given.find(login)),
    verify:
      given.verify &&
      (async (person: Known | undefined, password: string) => given.verify!(ofHost(person), password)),
    setPassword: given.setPassword && (async (...change) => given.setPassword!(...change)),
    organizations: organizations && organizationsOfHost(organizations),
  }
}

const ofHost = (person: Known | undefined) => (person?.[row] ?? person) as Person | undefined

function organizationsOfHost(given: NonNullable<People['organizations']>): People['organizations'] {
  return {
    of: async (person) =>
      fitting(belongingsSchema, await given.of(person), 'organizations.of') satisfies Belonging[],
    superAdmins: async function* (organization) {
      yield* await given.superAdmins(organization)
    },
  }
}

function fitting<T extends z.ZodType>(schema: T, found: unknown, method: string): z.output<T> {
  const { success, data, error } = schema.safeParse(found)
  if (success) return data
  const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new TypeError(`${method} gave something that doesn't fit: ${faults.join('; ')}`)
}
