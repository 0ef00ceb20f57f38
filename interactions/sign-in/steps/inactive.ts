import { applyEvent, prospectFor } from '../../../recovery/cases.ts'
import { beginIdentity } from '../../../recovery/identity.ts'
import { attemptLifetime } from '../../../rules/attempt.ts'
import { beginnerOf } from '../../http/beginner.ts'
import { seeOther } from '../../http/page.ts'
import { askFor, refused } from '../opening.ts'
import { type Action, accountOf, changeAttempt, type Room, say, type Visit } from '../room.ts'

/** The account may not sign in. Its owner can show a photo ID, and the support decides whether it may again. */
export const inactive: Room<'inactive'> = {
  step: 'inactive',
  show: async (visit) => {
    const { step, situation, case: waited } = visit
    const open = situation.openCase
    const ended = open === undefined && waited?.kind === 'reactivation' ? waited : undefined
    return {
      status: step.step === 'inactive' ? step.status : 'deactivated',
      canVerify: await canVerify(visit),
      ...(open === undefined
        ? {}
        : { request: { status: open.status, openedAt: open.openedAt, expiresAt: open.expiresOn } }),
      ...(ended?.status === 'denied' ? { refused: ended.decision?.reason ?? '' } : {}),
    }
  },
  actions: {
    'inactive/verify': (visit) => verify(visit, {}),
    'inactive/cancel': async ({ services, situation }) => {
      if (situation.openCase !== undefined)
        await applyEvent(services, situation.openCase.id, { type: 'cancel' })
    },
  },
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
  if (!(await canVerify(visit))) return say(visit, 'not_possible')
  const opening = await askFor(visit)
  if (!opening.ok) return refused(visit, opening)
  await changeAttempt(visit, ({ message: _, ...current }) => ({
    ...current,
    case: opening.case.id,
    expiresAt: opening.case.expiresOn + 14 * 86_400_000 + attemptLifetime,
  }))
  const about = { purpose: 'recovery', account, case: opening.case.id, attempt: attempt.id } as const
  const begun = await beginIdentity(services, beginnerOf(services, ctx), about)
  if (begun.ok) return seeOther(ctx, begun.url)
  await sayLater(visit, begun.message)
}

/** The visit has changed the attempt already, so the message goes to the attempt as it is now. */
async function sayLater({ services, attempt }: Visit, key: string): Promise<void> {
  await services.store.attempts.update(attempt.id, (current) => [
    current && { ...current, message: { key }, revision: current.revision + 1 },
    undefined,
  ])
}
