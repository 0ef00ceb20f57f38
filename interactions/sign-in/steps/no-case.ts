import { changeAttempt, type Room } from '../room.ts'

/** There is no open request to reset anything. */
export const noCase: Room<'no_case'> = {
  step: 'no_case',
  show: async () => ({}),
  actions: {
    'no-case': (visit) => changeAttempt(visit, (attempt) => ({ ...attempt, actionStatus: 'success' })),
  },
}
