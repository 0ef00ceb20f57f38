import { applyEvent } from '../../../recovery/cases.ts'
import { changeAttempt, type Room, say } from '../room.ts'
import { stopCase } from '../stopping.ts'

export const openCase: Room<'open_case'> = {
  step: 'open_case',
  show: async ({ situation }) => {
    const open = situation.openCase!
    return { status: open.status, openedAt: open.openedAt, origin: open.origin }
  },
  actions: {
    'open-case': async (visit, fields) => {
      const open = visit.situation.openCase
      if (open === undefined) return
      if (fields.decision === 'disavow') {
        await stopCase(visit, open)
        return
      }
      if (fields.decision === 'cancel') await applyEvent(visit.services, open.id, { type: 'cancel' })
      else if (fields.decision !== 'keep') return say(visit, 'unknown')
      const cancelled = fields.decision === 'cancel'
      await changeAttempt(visit, ({ message: _, ...attempt }) => ({
        ...attempt,
        keptCase: open.id,
        ...(attempt.action === undefined ? {} : { actionStatus: 'success' as const }),
        ...(cancelled ? { message: { key: 'case_cancelled' } } : {}),
      }))
    },
  },
}
