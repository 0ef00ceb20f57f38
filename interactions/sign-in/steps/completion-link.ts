import { accountOf, type Room } from '../room.ts'

export const completionLink: Room<'completion_link'> = {
  step: 'completion_link',
  show: async (visit) => {
    const account = accountOf(visit)
    const until = account.recovered?.mailUntil ?? 0
    return { email: account.email, until, expired: until <= visit.services.clock() }
  },
  actions: {},
}
