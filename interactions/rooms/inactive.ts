import type { Room } from '../room.ts'

export const inactive: Room<'inactive'> = {
  step: 'inactive',
  show: async ({ step }) => ({ status: step.step === 'inactive' ? step.status : 'deactivated' }),
  actions: {},
}
