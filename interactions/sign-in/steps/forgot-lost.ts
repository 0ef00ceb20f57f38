import { hasSecondFactor } from '../../../rules/factor.ts'
import { accountOf, type SignInStep } from '../step.ts'

/** Neither the password nor what would stand in for it: nothing can be done here, and the page says who can help. */
export const forgotLost: SignInStep<'forgot_lost'> = {
  step: 'forgot_lost',
  show: async (visit) => {
    const account = accountOf(visit)
    return { email: account.email, canGoBack: account.status === 'active' && hasSecondFactor(account) }
  },
  actions: {},
}
