import { askFor, join, refused, waitFor } from '../opening.ts'
import { type Action, accountOf, besides, type SignInStep, say, stay } from '../step.ts'
import { stopCase } from '../stopping.ts'

/** Somebody who knows the password has opened a case in another sign-in: the owner, or a stranger. */
export const whoseCase: SignInStep<'whose_case'> = {
  step: 'whose_case',
  show: async (visit) => {
    const open = visit.situation.openCase!
    return {
      email: accountOf(visit).email,
      status: open.status,
      openedAt: open.openedAt,
      origin: open.origin,
    }
  },
  actions: { 'whose-case': (visit, fields) => decide(visit, fields) },
}

const decide: Action = async (visit, fields) => {
  const open = visit.situation.openCase
  if (open === undefined) return stay
  if (fields.decision === 'mine') return join(visit, open.id)
  if (fields.decision !== 'disavow') return say('unknown')
  const stopped = await stopCase(visit, open)
  if (stopped === undefined) return say('not_possible')
  // On the page of a factor, which they go on with.
  if (visit.step.step !== 'whose_case') return besides(stopped.change, say('case_stopped'))
  // A new one begins, with a new code.
  const opening = await askFor(stopped.visit, open.id)
  return besides(stopped.change, opening.ok ? waitFor(opening.case) : refused(stopped.visit, opening))
}
