import { cancelCase } from '../../../recovery/events.ts'
import type { PageMessage } from '../../../rules/attempt.ts'
import type { RecoveryCase } from '../../../rules/recovery-case.ts'
import { type Action, change, type Outcome, type SignInStep, say, stay, type Visit } from '../step.ts'
import { stopCase } from '../stopping.ts'

export const openCase: SignInStep<'open_case'> = {
  step: 'open_case',
  show: async ({ situation }) => {
    const open = situation.openCase!
    // Who only says that it is theirs too is warned all the same.
    return {
      own: situation.asked === true,
      status: open.status,
      openedAt: open.openedAt,
      origin: open.origin,
    }
  },
  actions: { 'open-case': (visit, fields) => decide(visit, fields) },
}

const decide: Action = async (visit, { decision }) => {
  const open = visit.situation.openCase
  if (open === undefined) return stay
  if (decision === 'keep') return answered(visit, open.id)
  if (decision === 'disavow') return stop(visit, open)
  if (decision !== 'cancel') return say('unknown')
  if (!(await cancelCase(visit.services, open.id))) return say('not_possible')
  return answered(visit, open.id, { key: 'case_cancelled' })
}

async function stop(visit: Visit, open: RecoveryCase): Promise<Outcome> {
  const stopped = await stopCase(visit, open)
  return stopped === undefined ? say('not_possible') : change(stopped.change)
}

function answered({ attempt: { action } }: Visit, keptCase: string, message?: PageMessage): Outcome {
  const actionStatus = action === undefined ? undefined : 'success'
  return change((attempt) => ({ ...attempt, keptCase, actionStatus, message }))
}
