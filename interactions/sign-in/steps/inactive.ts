import { cancelCase } from '../../../recovery/events.ts'
import { beginIdentity } from '../../../recovery/identity.ts'
import { prospectFor } from '../../../recovery/prospect.ts'
import { attemptLifetime } from '../../../rules/attempt.ts'
import { beginnerOf } from '../../http/beginner.ts'
import { askFor, refused } from '../opening.ts'
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

/** The account may not sign in. Its owner can show a photo ID, and the support decides whether it may again. */
export const inactive: SignInStep<'inactive'> = {
  step: 'inactive',
  show: async (visit) => {
    const { step, situation, case: waited } = visit
    const open = situation.openCase
    const ended = open === undefined && waited?.kind === 'reactivation' ? waited : undefined
    return {
      status: step.step === 'inactive' ? step.status : 'deactivated',
      canVerify: await canVerify(visit),
      request: open && { status: open.status, openedAt: open.openedAt, expiresAt: open.expiresOn },
      refused: ended?.status === 'denied' ? (ended.decision?.reason ?? '') : undefined,
    }
  },
  actions: {
    'inactive/verify': (visit) => verify(visit, {}),
    'inactive/cancel': async ({ services, situation: { openCase: open } }) => {
      if (open === undefined) return stay
      return (await cancelCase(services, open.id)) ? stay : say('not_possible')
    },
  },
  status: async ({ situation }) => situation.openCase?.status,
}

async function canVerify({ services, situation, account }: Visit): Promise<boolean> {
  const open = situation.openCase
  if (open !== undefined) return open.status === 'awaiting_identity'
  const { offers } = await prospectFor(services, account!)
  return offers.some((offer) => offer.route === 'identity')
}

const verify: Action = async (visit) => {
  const { services, attempt, ctx } = visit
  const account = accountOf(visit)
  if (!(await canVerify(visit))) return say('not_possible')
  const opening = await askFor(visit)
  if (!opening.ok) return refused(visit, opening)
  const waits: Change = (current) => ({
    ...current,
    case: opening.case.id,
    expiresAt: opening.case.expiresOn + 14 * 86_400_000 + attemptLifetime,
  })
  const about = { purpose: 'recovery', account, case: opening.case.id, attempt: attempt.id } as const
  const begun = await beginIdentity(services, beginnerOf(services, ctx), about)
  if (begun.ok) return leave(begun.url, waits)
  return change((current) => ({ ...waits(current), message: { key: begun.message } }))
}
