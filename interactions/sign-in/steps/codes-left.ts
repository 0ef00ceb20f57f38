import { issueCodes } from '../../../account/issue-codes.ts'
import { changeAttempt, type Room } from '../room.ts'

export const codesLeft: Room<'codes_left'> = {
  step: 'codes_left',
  show: async ({ attempt }) => ({ left: attempt.codesLeft ?? 0 }),
  actions: {
    'codes-left': async (visit, fields) => {
      if (fields.next === 'new') return issueCodes(visit)
      await changeAttempt(visit, ({ codesLeft: _, ...attempt }) => attempt)
    },
  },
}
