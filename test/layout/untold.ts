import { globSync, readFileSync } from 'node:fs'
import { productFiles } from './product-files.ts'
import { bare, fieldsOf, type Node, nodesOf } from './syntax.ts'

const tellings = ['audit', 'notice', 'signal']

const allowed: { [file: string]: string } = {
  'rules/told.ts': 'what tells',
  'provider/signals/queue.ts': 'a parcel, which names the stream',
}

/** Entries of the log, notices and events for apps that are written by hand. */
export function untold(): string[] {
  return globSync(productFiles)
    .filter((file) => allowed[file] === undefined)
    .flatMap((file) => untoldIn(readFileSync(file, 'utf8')).map((kind) => `${file}: ${kind}`))
}

export function untoldIn(text: string): string[] {
  return nodesOf(text)
    .filter(({ type }) => type === 'ObjectExpression')
    .flatMap((object) => fieldsOf(object).flatMap(kindSaid))
    .filter((kind) => tellings.includes(kind))
}

function kindSaid({ key, value }: Node): string[] {
  if ((key as Node | undefined)?.['value'] !== 'kind' || value === undefined) return []
  const { type, value: said } = bare(value as Node)
  return type === 'StringLiteral' ? [String(said)] : []
}
