import type { Audit } from './audit.ts'
import type { Observation } from './services.ts'

/** The log, and somebody counts. */
export const heard =
  (append: Audit['append'], happened?: (one: Observation) => void): Audit['append'] =>
  (fact) => {
    happened?.({ event: fact.event })
    return append(fact)
  }
