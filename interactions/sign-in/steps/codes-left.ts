import { changeAttempt, type Room, showNewCodes } from '../room.ts'

export const codesLeft: Room<'codes_left'> = {
  step: 'codes_left',
  show: async ({ attempt }) => ({ left: attempt.codesLeft ?? 0 }),
  actions: {
    'codes-left': async (visit, fields) => {
      if (fields.next === 'new') return showNewCodes(visit)
      await changeAttempt(visit, ({ codesLeft: _, ...attempt }) => attempt)
    },
  },
}
