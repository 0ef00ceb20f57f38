import { accountOf, type SignInStep, say, type Visit } from '../step.ts'
import { toUpstream } from '../upstream.ts'

/** Whoever is known here and signs in at the provider of their organization. */
export const upstream: SignInStep<'upstream'> = {
  step: 'upstream',
  show: async (visit) => ({ email: accountOf(visit).email, name: policyOf(visit)?.name ?? '' }),
  actions: {
    upstream: async (visit) => {
      const policy = policyOf(visit)
      return policy === undefined ? say('not_possible') : toUpstream(visit, policy, accountOf(visit).email)
    },
  },
}

const policyOf = ({ services, situation }: Visit) =>
  services.config.upstreams.find(({ id }) => id === situation.upstream)
