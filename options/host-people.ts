import type { Listed } from '../adapters/people/map.ts'
import type { People } from '../adapters/people/people.ts'
import { checked, isObject, type Misfit, methodFaults } from './objects.ts'

/** Who can sign in: the host's table, or a Map to try things out. */
export const hostPeople = checked<People | Map<string, Listed>>((people) =>
  people instanceof Map
    ? [...people].flatMap(([id, listed]) => listedFaults(String(id), listed))
    : methodFaults(people, {
        said: 'an object with get and find, or a Map',
        needed: ['get', 'find'],
        more: ['verify', 'setPassword'],
      }),
)

function listedFaults(id: string, listed: unknown): Misfit[] {
  if (!isObject(listed)) return [[[id], 'a person: { login, name }']]
  return ['login', 'name']
    .filter((field) => typeof listed[field] !== 'string' || listed[field] === '')
    .map((field) => [[id, field], 'needed'])
}

/** Who belongs to which organization. */
export const hostOrganizations = checked<NonNullable<People['organizations']> | undefined>((organizations) =>
  organizations === undefined
    ? []
    : methodFaults(organizations, {
        said: 'an object with of and superAdmins',
        needed: ['of', 'superAdmins'],
      }),
)
