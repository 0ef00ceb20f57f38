import { globSync, readFileSync } from 'node:fs'
import { collections } from '../adapters/store/store.ts'

/** Where people and programs are served: they write by `change` and `create` alone (effects/services.ts). */
const served = ['interactions', 'api', 'account', 'organization', 'recovery']

/** Files that write by themselves, each for its reason. */
const allowed: { [file: string]: string } = {
  'account/refused.ts': 'a refusal that was counted before is only written down',
  'account/effects.ts': 'a handler of effects: it runs again until it is struck off',
}

const names = Object.keys(collections).join('|')
const write = new RegExp(
  `\\b(?:${names})\\s*(?:\\[[^\\]]+\\])?\\s*\\.\\s*(?:update|insert|remove|removeBy)\\(|\\bstore\\[|\\.removeBy\\(|\\baudit\\s*\\.\\s*append\\(`,
  'g',
)

/** Writes that don't go through `change` or `create`: what should follow them would be lost with the process. */
export function strayWritesIn(text: string): string[] {
  return [...text.matchAll(write)].map(([found]) => found)
}

export function strayWrites(): string[] {
  return served
    .flatMap((folder) => globSync(`${folder}/**/*.ts`))
    .filter((file) => allowed[file] === undefined)
    .flatMap((file) => strayWritesIn(readFileSync(file, 'utf8')).map((found) => `${file}: ${found}`))
}
