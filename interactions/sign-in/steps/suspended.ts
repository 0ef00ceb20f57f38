import type { SignInStep } from '../step.ts'

/** The organization of the app has suspended the person. What it has decided is its own; nothing is asked here. */
export const suspended: SignInStep<'suspended'> = {
  step: 'suspended',
  show: async ({ situation, attempt }) => ({
    organization: situation.suspendedBy ?? '',
    app: attempt.ask.app,
  }),
  actions: {},
}
