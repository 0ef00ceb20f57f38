import { Conflict } from '../adapters/store/port.ts'
import { decidingMembership } from '../rules/approvers.ts'
import type { Origin } from '../rules/attempt.ts'
import { mayOpen } from '../rules/opening.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import { openCaseOf } from './events.ts'
import { changedRecently } from './facts.ts'
import { newCase } from './opening.ts'
import { type Prospect, prospectFor } from './prospect.ts'
import type { CaseServices, RecoveryServices } from './services.ts'

export type BegunFor =
  | { ok: true; case: RecoveryCase }
  | {
      ok: false
      reason:
        | 'own_case'
        /** Its super admins don't decide about this person. */
        | 'elsewhere'
        /** The person may not sign in, or has nothing that could be reset. */
        | 'not_possible'
        /** Two pairs of eyes are wanted, and there is no second one. */
        | 'nobody_else'
        | 'recent_change'
        | 'too_often'
        | 'open'
    }

/** A super admin who begins a reset for somebody. */
export interface Beginning {
  organization: string
  account: string
  by: string
  reason: string
  origin: Origin
  /** Where it is begun, as people know it. */
  app: string
}

/**
 * A super admin asks for a reset in a person's place, having spoken with them. It goes the way of any other: the person
 * is mailed the code and a way to stop it, and nothing happens before the code has come back. Where the organization
 * wants two pairs of eyes, whoever begins is the first of them, and another super admin approves.
 */
export async function beginFor(
  services: CaseServices & Pick<RecoveryServices, 'config'>,
  about: Beginning,
): Promise<BegunFor> {
  const { store, accounts, clock, create, config } = services
  const [subject, admin] = await Promise.all([accounts.get(about.account), accounts.get(about.by)])
  const refused = (reason: (BegunFor & { ok: false })['reason']): BegunFor => ({ ok: false, reason })
  if (subject === undefined || admin === undefined) return refused('not_possible')
  if (subject.id === admin.id) return refused('own_case')
  const deciding = decidingMembership(await store.memberships.find('account', subject.id))
  if (deciding?.organization !== about.organization) return refused('elsewhere')
  if (subject.status !== 'active' || subject.factors.length === 0) return refused('not_possible')
  if (changedRecently(admin, clock(), config)) return refused('recent_change')
  if ((await openCaseOf(services, subject.id)) !== undefined) return refused('open')
  if (!mayOpen(await store.cases.find('account', subject.id), true, clock()).ok) return refused('too_often')
  const prospect = withoutBeginner(await prospectFor(services, subject), about.by)
  if (prospect.offers[0]?.route !== 'admin' || prospect.approvers.length === 0) return refused('nobody_else')
  const request = { attempt: '', origin: about.origin, app: about.app, mailbox: true }
  const begun = newCase(services, subject, prospect, request, { by: about.by, reason: about.reason })
  try {
    await create('cases', begun)
  } catch (error) {
    if (error instanceof Conflict) return refused('open')
    throw error
  }
  return { ok: true, case: begun }
}

/** The one who begins counts for the first approval where two are wanted, and gives none of the others. */
function withoutBeginner(prospect: Prospect, by: string): Prospect {
  const offers = prospect.offers.filter(({ route }) => route === 'admin')
  if (prospect.terms.approvalsNeeded === 1) return { ...prospect, offers }
  const approvers = prospect.approvers.filter((one) => one !== by)
  return { ...prospect, offers, approvers, terms: { ...prospect.terms, approvalsNeeded: 1 } }
}
