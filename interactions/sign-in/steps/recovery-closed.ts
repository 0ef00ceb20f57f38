import { change, type SignInStep } from '../step.ts'

export const recoveryClosed: SignInStep<'recovery_closed'> = {
  step: 'recovery_closed',
  show: async ({ case: closed }) => ({
    status: closed?.status ?? 'expired',
    reason: closed?.decision?.reason,
  }),
  actions: {
    'recovery/close': async () => change((attempt) => ({ ...attempt, case: undefined, choice: undefined })),
  },
}
