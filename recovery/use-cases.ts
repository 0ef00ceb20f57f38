import type { CaseStatus, RecoveryCase } from '../rules/recovery-case.ts'
import { cancelCase, openCaseOf } from './events.ts'
import { decideCase, type OperatorDecision } from './operator.ts'
import type { RecoveryServices } from './services.ts'

/** A case, without a secret. */
export interface Case {
  id: string
  person: string
  status: CaseStatus
  route?: string | undefined
  organization?: string | undefined
  app: string
  openedAt: number
  /** Who was asked. */
  approvers: string[]
  history: { at: number; status: CaseStatus }[]
}

/** Recovery cases, without a page. A case is opened by a sign-in alone, once the first factor was proven. */
export interface Cases {
  /** By its id. */
  get(id: string): Promise<Case | undefined>
  /** Everything that was asked for somebody, the newest last. */
  of(person: string): Promise<Case[]>
  /** The one under way, if there is one. */
  open(person: string): Promise<Case | undefined>
  /**
   * Decides for someone whom nobody else can decide about: it is handed to the support first, with its hold, in which the
   * person is told for days; when the hold is over it is granted or denied. `by` goes to the log.
   */
  decide(id: string, decision: { by: string; approve: boolean; reason: string }): Promise<OperatorDecision>
  /** As the person's own doing: nothing is reset. */
  cancel(id: string): Promise<{ ok: true } | { ok: false; reason: 'unknown' | 'not_possible' }>
}

export function createCases(services: RecoveryServices): Cases {
  const { cases } = services.store
  return {
    get: async (id) => shown(await cases.get(id)),
    of: async (person) => (await cases.find('account', person)).map((one) => shown(one)!),
    open: async (person) => shown(await openCaseOf(services, person)),
    decide: (id, decision) => decideCase(services, id, decision),
    cancel: async (id) => {
      if ((await cases.get(id)) === undefined) return { ok: false, reason: 'unknown' }
      return (await cancelCase(services, id)) ? { ok: true } : { ok: false, reason: 'not_possible' }
    },
  }
}

function shown(one: RecoveryCase | undefined): Case | undefined {
  if (one === undefined) return undefined
  const { id, account, status, route, organization, app, openedAt, approvers, history } = one
  return {
    id,
    person: account,
    status,
    route,
    organization,
    app,
    openedAt,
    approvers,
    history: history.map(({ at, status: then }) => ({ at, status: then })),
  }
}
