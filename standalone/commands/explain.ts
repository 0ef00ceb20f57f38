import { ConfigError } from '../../options/config-error.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'

/** What is said of whatever ended a command. */
export function explainFailure(error: unknown, json: boolean): string {
  const { name, message } = error as Error
  const known = error instanceof ConfigError || error instanceof ExplainedRefusal
  const text = known ? message : `${name}: ${message}`
  if (!json) return `rekey: ${text}\n`
  const faults = error instanceof ConfigError ? { faults: error.faults } : {}
  return `${JSON.stringify({ error: text, ...faults })}\n`
}
