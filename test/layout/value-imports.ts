import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { parseSync } from '@swc/core'

/** The files of the repository that one file needs at run time, itself included: types cost a reader nothing. */
export function valueClosure(entry: string): string[] {
  const found = new Set<string>()
  const follow = (file: string) => {
    if (found.has(file)) return
    found.add(file)
    for (const specifier of valueImports(file))
      if (specifier.startsWith('.')) follow(resolve(dirname(file), specifier))
  }
  follow(resolve(entry))
  return [...found].map((file) => relative('.', file))
}

function valueImports(file: string): string[] {
  if (!file.endsWith('.ts')) return []
  const { body } = parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', target: 'es2024' })
  return body.flatMap((item) => {
    if (item.type === 'ImportDeclaration') {
      const named = item.specifiers
      const types = named.length > 0 && named.every((one) => one.type === 'ImportSpecifier' && one.isTypeOnly)
      return item.typeOnly || types ? [] : [item.source.value]
    }
    if (item.type === 'ExportNamedDeclaration' || item.type === 'ExportAllDeclaration')
      return item.source ? [item.source.value] : []
    return []
  })
}
