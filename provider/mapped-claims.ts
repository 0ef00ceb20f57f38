import type { Belonging } from '../adapters/people/people.ts'
import { findAll } from '../adapters/store/find-all.ts'
import type { Store } from '../adapters/store/store.ts'

/** An organization of a person, as apps are told of it. */
interface Belongs {
  id: string
  name: string
  role: Belonging['role']
}

/** A claim that says where a person belongs. */
export interface ClaimSetting {
  /** The scope that an app asks for it with. */
  scope: string
  /** How each organization is written: `{id}`, `{name}` and `{role}` are filled in. Objects if left out. */
  each?: string
  /** Only those where the person has this role. */
  role?: Belongs['role']
  /** Only these apps get it. */
  clients?: string[]
}

export interface MappedClaims {
  /** The claims of each scope. */
  scopes: Scopes
  /** Nothing is read unless one of the claims is asked for. */
  claims(
    account: string,
    client: string | undefined,
    scope: string,
    requested: string[],
  ): Promise<{ [claim: string]: unknown }>
}

/** Where the operator made none up. */
export const noneMapped: MappedClaims = { scopes: {}, claims: async () => ({}) }

/** Claims that the operator made up from the organizations of a person: roles, groups, whatever apps call them. */
export function createMappedClaims(
  settings: { [claim: string]: ClaimSetting },
  belonging: (account: string) => Promise<Belonging[]>,
): MappedClaims {
  const all = Object.entries(settings)
  return {
    scopes: Object.fromEntries(
      [...Map.groupBy(all, ([, { scope }]) => scope)].map(([scope, claims]) => [
        scope,
        claims.map(([claim]) => claim),
      ]),
    ),
    claims: async (account, client, scope, requested) => {
      const scopes = scope.split(' ')
      const wanted = all.filter(
        ([claim, setting]) =>
          (scopes.includes(setting.scope) || requested.includes(claim)) &&
          (setting.clients?.includes(client ?? '') ?? true),
      )
      if (wanted.length === 0) return {}
      const belongs = (await belonging(account)).map(({ organization, role }) => ({ ...organization, role }))
      return Object.fromEntries(wanted.map(([claim, setting]) => [claim, written(belongs, setting)]))
    },
  }
}

const written = (belongs: Belongs[], { role, each }: ClaimSetting): unknown[] => {
  const counted = belongs.filter((one) => role === undefined || one.role === role)
  return each === undefined ? counted : counted.map((one) => filled(each, one))
}

const filled = (each: string, belongs: Belongs): string =>
  each.replace(/\{(id|name|role)\}/g, (_, part: keyof Belongs) => belongs[part])

/** Where a person belongs, by our own memberships; the oldest first. */
export async function belongingOf(
  { memberships, organizations }: Store,
  account: string,
): Promise<Belonging[]> {
  const found = await findAll(memberships, 'account', account)
  const named = await Promise.all(
    found.map(async (membership) => ({
      membership,
      organization: await organizations.get(membership.organization),
    })),
  )
  return named.flatMap(({ membership: { role, since }, organization }) =>
    organization === undefined
      ? []
      : [{ organization: { id: organization.id, name: organization.name }, role, since }],
  )
}

type Scopes = { [scope: string]: string[] }

/** The claims of each scope, with what the operator adds to it. */
export function withScopes(scopes: Scopes, more: Scopes): Scopes {
  const names = [...Object.keys(scopes), ...Object.keys(more)]
  return Object.fromEntries(names.map((scope) => [scope, [...(scopes[scope] ?? []), ...(more[scope] ?? [])]]))
}
