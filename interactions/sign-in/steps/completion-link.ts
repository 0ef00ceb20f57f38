import { accountOf, type SignInStep } from '../step.ts'

export const completionLink: SignInStep<'completion_link'> = {
  step: 'completion_link',
  show: async (visit) => {
    const account = accountOf(visit)
    const until = account.recovered?.mailUntil ?? 0
    return { email: account.email, until, expired: until <= visit.services.clock() }
  },
  actions: {},
}
