import { type Logger, pino } from 'pino'
import { requestFields } from './requests.ts'

/** One JSON object a line on standard output, whoever writes it: warnings of Node itself too. */
export function createLog(): Logger {
  const log = pino({ mixin: requestFields })
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) => log.warn({ name }, message))
  return log
}
