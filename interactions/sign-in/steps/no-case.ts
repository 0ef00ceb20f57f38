import { change, type SignInStep } from '../step.ts'

/** There is no open request to reset anything. */
export const noCase: SignInStep<'no_case'> = {
  step: 'no_case',
  show: async () => ({}),
  actions: {
    'no-case': async () => change((attempt) => ({ ...attempt, actionStatus: 'success' })),
  },
}
