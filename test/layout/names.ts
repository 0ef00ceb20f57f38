import { globSync, readFileSync } from 'node:fs'
import { productFiles } from './product-files.ts'

const exported = /^export (?:abstract |async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm

/** Every name that the product exports, and the files that do. */
export function exportedNames(): Map<string, string[]> {
  const files = new Map<string, string[]>()
  // A function may be declared once for each way of calling it.
  for (const file of globSync(productFiles))
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(exported))
      files.set(name, [...new Set([...(files.get(name) ?? []), file])])
  return files
}

/** The names that more than one file exports: each must mean one thing. */
export function namesExportedTwice(): string[] {
  return [...exportedNames()]
    .filter(([, files]) => files.length > 1)
    .map(([name, files]) => `${name}: ${files.join(', ')}`)
}
