import { applyEvent, chooseAdmin } from '../../../recovery/cases.ts'
import { beginIdentity } from '../../../recovery/identity.ts'
import { attemptLifetime } from '../../../rules/attempt.ts'
import { opened } from '../../../rules/opening.ts'
import type { RecoveryCase } from '../../../rules/recovery-case.ts'
import { beginnerOf } from '../../http/beginner.ts'
import { seeOther } from '../../http/page.ts'
import { Problem } from '../../http/problem.ts'
import { askSupport } from '../../recovery/support.ts'
import { type Action, accountOf, changeAttempt, type Room, say, type Visit } from '../room.ts'

export const recoveryWaiting: Room<'recovery_waiting'> = {
  step: 'recovery_waiting',
  show: async (visit) => {
    const waited = caseOf(visit)
    const organization =
      waited.organization === undefined
        ? undefined
        : await visit.services.store.organizations.get(waited.organization)
    return {
      email: accountOf(visit).email,
      status: waited.status,
      approvers: waited.approvers.length,
      openedAt: waited.openedAt,
      expiresAt: waited.expiresOn,
      origin: waited.origin,
      joined: !own(visit),
      canAskSupport:
        own(visit) &&
        waited.offers.includes('support') &&
        waited.route !== 'support' &&
        waited.status !== 'granted',
      canVerify: canVerify(visit),
      canAskAdmin:
        own(visit) &&
        waited.offers.includes('admin') &&
        ['requested', 'awaiting_identity'].includes(waited.status),
      supportHours: waited.terms.supportHold / 3_600_000,
      ...(waited.route === undefined ? {} : { route: waited.route }),
      ...(organization === undefined ? {} : { organization: organization.name }),
      ...(waited.hold === undefined ? {} : { holdUntil: waited.hold.until }),
    }
  },
  actions: {
    'recovery/cancel': ownOnly((visit) => cancel(visit, {})),
    'recovery/identity': ownOnly((visit) => identity(visit, {})),
    'recovery/admin': ownOnly((visit) => admin(visit, {})),
    'recovery/support': ownOnly((visit, fields) => support(visit, fields)),
    'recovery/leave': (visit) =>
      own(visit) ? say(visit, 'not_possible') : changeAttempt(visit, ({ case: _, ...rest }) => rest),
  },
}

/** Whoever only says that the request is theirs too looks on: it may be the owner's, and they a stranger. */
function own(visit: Visit): boolean {
  return opened(caseOf(visit), visit.attempt.id)
}

function ownOnly(action: Action): Action {
  return (visit, fields) => (own(visit) ? action(visit, fields) : say(visit, 'not_possible'))
}

const cancel: Action = async (visit) => {
  await applyEvent(visit.services, caseOf(visit).id, { type: 'cancel' })
}

function canVerify(visit: Visit): boolean {
  const { status, offers } = caseOf(visit)
  const open = ['requested', 'awaiting_admin', 'awaiting_identity'].includes(status) && own(visit)
  return visit.services.proofing !== undefined && open && offers.includes('identity')
}

/** The case waits for the photo ID from here on; whatever comes of it, it can be tried again. */
const identity: Action = async (visit) => {
  const { services, attempt, ctx } = visit
  if (!canVerify(visit)) return say(visit, 'not_possible')
  const { id, status } = caseOf(visit)
  const about = { purpose: 'recovery', account: accountOf(visit), case: id, attempt: attempt.id } as const
  const begun = await beginIdentity(services, beginnerOf(services, ctx), about)
  if (!begun.ok) return say(visit, begun.message)
  if (status !== 'awaiting_identity') await applyEvent(services, id, { type: 'choose_identity' })
  await staysAsLong(visit)
  seeOther(ctx, begun.url)
}

const admin: Action = async (visit) => {
  const outcome = await chooseAdmin(visit.services, caseOf(visit).id)
  if (!outcome?.ok) return say(visit, 'not_possible')
  await staysAsLong(visit)
}

/** The sign-in waits as long as its case. */
async function staysAsLong(visit: Visit): Promise<void> {
  const after = await visit.services.store.cases.get(caseOf(visit).id)
  await changeAttempt(visit, ({ message: _, ...attempt }) => ({
    ...attempt,
    expiresAt: (after?.expiresOn ?? 0) + attemptLifetime,
  }))
}

const support: Action = async (visit, fields) => {
  const fault = await askSupport(visit.services, caseOf(visit).id, fields)
  if (fault !== undefined) return say(visit, fault)
  await staysAsLong(visit)
}

function caseOf(visit: Visit): RecoveryCase {
  if (visit.case === undefined) throw new Problem(400, 'expired')
  return visit.case
}
