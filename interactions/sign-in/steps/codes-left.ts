import { shownFactor } from '../../../account/shown.ts'
import { showNewCodes } from '../new-codes.ts'
import { type Action, accountOf, change, type SignInStep, say } from '../step.ts'

/** Whoever has used a backup code may have lost their phone: here is the moment to put another in its place. */
export const codesLeft: SignInStep<'codes_left'> = {
  step: 'codes_left',
  show: async (visit) => {
    const account = accountOf(visit)
    return {
      left: visit.attempt.codesLeft ?? 0,
      factors: account.factors.map((factor) => shownFactor(account, factor)),
    }
  },
  actions: {
    'codes-left': async (visit, fields) => {
      if (fields.next === 'replace') return replace(visit, fields)
      if (fields.next === 'new') return showNewCodes(visit)
      return change((attempt) => ({ ...attempt, codesLeft: undefined }))
    },
  },
}

/** The lost one stays until another was proven: whoever breaks off has what they had. */
const replace: Action = async (visit, { factor = '' }) => {
  const lost = accountOf(visit).factors.find(({ id }) => id === factor)
  const { kinds } = visit.situation
  const enrolling = kinds.find((kind) => kind === lost?.kind) ?? kinds[0]
  if (lost === undefined || enrolling === undefined) return say('already_gone')
  return change((attempt) => ({ ...attempt, codesLeft: undefined, enrolling, replacing: lost.id }))
}
