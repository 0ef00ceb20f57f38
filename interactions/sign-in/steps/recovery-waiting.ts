import { namesOfAsked } from '../../../recovery/asked.ts'
import { applyEvent, cancelCase, chooseAdmin, sendCodeAgain } from '../../../recovery/events.ts'
import { beginIdentity } from '../../../recovery/identity.ts'
import { attemptLifetime } from '../../../rules/attempt.ts'
import { opened } from '../../../rules/opening.ts'
import type { RecoveryCase } from '../../../rules/recovery-case.ts'
import { beginnerOf } from '../../http/beginner.ts'
import { Problem } from '../../http/problem.ts'
import { askSupport } from '../../recovery/support.ts'
import {
  type Action,
  accountOf,
  type Change,
  change,
  leave,
  type SignInStep,
  say,
  stay,
  type Visit,
} from '../step.ts'

export const recoveryWaiting: SignInStep<'recovery_waiting'> = {
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
      asked:
        waited.status === 'awaiting_admin'
          ? await namesOfAsked(visit.services, waited.organization, waited.approvers)
          : [],
      canSendCode: own(visit) && waited.status === 'awaiting_admin',
      openedAt: waited.openedAt,
      expiresAt: waited.expiresOn,
      origin: waited.origin,
      joined: !own(visit),
      canAskSupport:
        own(visit) &&
        waited.offers.includes('support') &&
        waited.route !== 'support' &&
        waited.status !== 'granted',
      writing: visit.ctx.query.write === 'support',
      canVerify: canVerify(visit),
      canAskAdmin:
        own(visit) &&
        waited.offers.includes('admin') &&
        ['requested', 'awaiting_identity'].includes(waited.status),
      supportHours: waited.terms.supportHold / 3_600_000,
      route: waited.route,
      organization: organization?.name,
      holdUntil: waited.hold?.until,
    }
  },
  actions: {
    'recovery/cancel': ownOnly((visit) => cancel(visit, {})),
    'recovery/code': ownOnly(async (visit) => say(await sendCodeAgain(visit.services, caseOf(visit).id))),
    'recovery/identity': ownOnly((visit) => identity(visit, {})),
    'recovery/admin': ownOnly((visit) => admin(visit, {})),
    'recovery/support': ownOnly((visit, fields) => support(visit, fields)),
    'recovery/leave': async (visit) =>
      own(visit) ? say('not_possible') : change((attempt) => ({ ...attempt, case: undefined })),
  },
  status: async (visit) => visit.case?.status,
}

/** Whoever only says that the request is theirs too looks on: it may be the owner's, and they a stranger. */
function own(visit: Visit): boolean {
  return opened(caseOf(visit), visit.attempt)
}

function ownOnly(action: Action): Action {
  return async (visit, fields) => (own(visit) ? action(visit, fields) : say('not_possible'))
}

const cancel: Action = async (visit) =>
  (await cancelCase(visit.services, caseOf(visit).id)) ? stay : say('not_possible')

function canVerify(visit: Visit): boolean {
  const { status, offers } = caseOf(visit)
  const open = ['requested', 'awaiting_admin', 'awaiting_identity'].includes(status) && own(visit)
  return visit.services.proofing !== undefined && open && offers.includes('identity')
}

/** The case waits for the photo ID from here on; whatever comes of it, it can be tried again. */
const identity: Action = async (visit) => {
  const { services, attempt, ctx } = visit
  if (!canVerify(visit)) return say('not_possible')
  const { id, status } = caseOf(visit)
  const about = { purpose: 'recovery', account: accountOf(visit), case: id, attempt: attempt.id } as const
  const begun = await beginIdentity(services, beginnerOf(services, ctx), about)
  if (!begun.ok) return say(begun.message)
  if (status !== 'awaiting_identity') await applyEvent(services, id, { type: 'choose_identity' })
  return leave(begun.url, await staysAsLong(visit))
}

const admin: Action = async (visit) => {
  const outcome = await chooseAdmin(visit.services, caseOf(visit).id)
  if (!outcome?.ok) return say('not_possible')
  return change(await staysAsLong(visit))
}

/** The sign-in waits as long as its case. */
async function staysAsLong(visit: Visit): Promise<Change> {
  const after = await visit.services.store.cases.get(caseOf(visit).id)
  return (attempt) => ({ ...attempt, expiresAt: (after?.expiresOn ?? 0) + attemptLifetime })
}

const support: Action = async (visit, fields) => {
  const fault = await askSupport(visit.services, caseOf(visit).id, fields)
  if (fault !== undefined) return say(fault)
  return change(await staysAsLong(visit))
}

function caseOf(visit: Visit): RecoveryCase {
  if (visit.case === undefined) throw new Problem(400, 'expired')
  return visit.case
}
