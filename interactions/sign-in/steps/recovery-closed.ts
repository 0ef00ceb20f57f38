import { changeAttempt, type Room } from '../room.ts'

export const recoveryClosed: Room<'recovery_closed'> = {
  step: 'recovery_closed',
  show: async ({ case: closed }) => ({
    status: closed?.status ?? 'expired',
    ...(closed?.decision?.reason ? { reason: closed.decision.reason } : {}),
  }),
  actions: {
    'recovery/close': (visit) =>
      changeAttempt(visit, ({ case: _case, choice: _choice, ...attempt }) => attempt),
  },
}
