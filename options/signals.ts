import { z } from 'zod'

/** Security events for relying apps. */
export const signalsOptions = z.strictObject({
  keepDays: z
    .int()
    .min(1)
    .max(90)
    .default(14)
    .describe('Days that an event waits for a receiver that is away, or whose stream is paused.'),
  pollSeconds: z
    .int()
    .min(0)
    .max(120)
    .default(30)
    .describe('Seconds that a poll waits for something to say (RFC 8936, long polling).'),
  verificationSeconds: z
    .int()
    .min(0)
    .default(60)
    .describe(
      'Seconds between two verification events that a receiver may ask for: `min_verification_interval`.',
    ),
  inactiveDays: z
    .int()
    .min(1)
    .default(30)
    .describe('Days until a stream that nobody polls is paused: `inactivity_timeout`.'),
})
