import { showNewCodes } from '../new-codes.ts'
import { change, type SignInStep } from '../step.ts'

export const codesLeft: SignInStep<'codes_left'> = {
  step: 'codes_left',
  show: async ({ attempt }) => ({ left: attempt.codesLeft ?? 0 }),
  actions: {
    'codes-left': async (visit, fields) =>
      fields.next === 'new'
        ? showNewCodes(visit)
        : change((attempt) => ({ ...attempt, codesLeft: undefined })),
  },
}
