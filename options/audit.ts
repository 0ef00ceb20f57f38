import { z } from 'zod'
import { webAddress } from './web-address.ts'

/** The audit log. */
export const auditOptions = z.strictObject({
  keepDays: z
    .int()
    .min(30)
    .default(730)
    .describe('Days that entries of the audit log are kept. Of older ones a keyed summary stays.'),
  checkpoints: z
    .strictObject({
      everySeconds: z
        .int()
        .min(1)
        .max(86_400)
        .default(60)
        .describe('Seconds between two signatures of the end of the log, while something is written to it.'),
      file: z
        .string()
        .min(1)
        .optional()
        .describe('A file that signed checkpoints are added to; keep it on another machine.'),
      webhook: webAddress.optional().describe('Gets each signed checkpoint by POST, as text/plain.'),
    })
    .prefault({})
    .describe('Where signed checkpoints go, besides the program’s own log.'),
})
