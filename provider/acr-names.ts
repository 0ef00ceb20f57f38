import { type Acr, levels } from '../rules/assurance.ts'

/** What this installation calls its authentication context classes; the rules only know our own names. */
export interface AcrNames {
  /** The public name of a class. */
  theirs(acr: Acr): string
  /** Our name of a public one; any other value is left as it is, and then is known to no rule. */
  ours(acr: string): string
  /** All public names, weakest first. */
  all: string[]
}

/** @param given public names, weakest first; missing ones keep our own name. */
export function createAcrNames(given: { [acr in Acr]?: string }): AcrNames {
  const names = new Map(levels.map((acr) => [acr as string, given[acr] ?? acr]))
  const back = new Map([...names].map(([ours, theirs]) => [theirs, ours]))
  return {
    theirs: (acr) => names.get(acr) ?? acr,
    // Our own name of a class that was renamed means nothing to the outside, and must not slip in as known.
    ours: (acr) => back.get(acr) ?? (names.has(acr) ? `unknown:${acr}` : acr),
    all: [...names.values()],
  }
}

const settings = [
  'recovered',
  'password',
  'multiFactor',
  'phishingResistant',
  'phishingResistantHardware',
] as const

/** The names of the configuration, by our own. */
export function namesByLevel(given: { [setting in (typeof settings)[number]]?: string }): {
  [acr in Acr]?: string
} {
  return Object.fromEntries(levels.map((acr, index) => [acr, given[settings[index]!]]))
}
