import type { ApiServices } from '../api/services.ts'

/** With how many ids a call begins. */
const ids: { [name: string]: number } = {
  ...{ protection: 1, changed: 1, endSessions: 1, endSession: 2, removeFactor: 2 },
  ...{ rename: 1, changeLogin: 1, withdrawLogin: 1, takeFactor: 2 },
  ...{ deactivate: 1, reactivate: 1, remove: 1, restore: 1 },
  ...{ get: 1, of: 1, open: 1, decide: 1, cancel: 1 },
  ...{ setPolicy: 1, join: 2, leave: 2, setDomains: 1, proposals: 1, invitations: 1 },
}

type Call = (...given: unknown[]) => unknown

/**
 * The use cases as a host calls them: from JavaScript too, with what a request happened to have. What is no text is
 * nobody's id, and is answered like one that nobody has.
 */
export const idsFirst = ({ accounts, cases, organizations }: ApiServices['use']): ApiServices['use'] => ({
  accounts: checked(accounts),
  cases: checked(cases),
  organizations: checked(organizations),
})

const checked = <T extends object>(calls: T): T =>
  Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [name, withIds(call as Call, ids[name] ?? 0)]),
  ) as T

const withIds =
  (call: Call, count: number): Call =>
  (...given) =>
    call(...Array.from({ length: count }, (_, at) => textOf(given[at])), ...given.slice(count))

const textOf = (id: unknown): string => (typeof id === 'string' ? id : '')
