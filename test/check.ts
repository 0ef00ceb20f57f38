import { spawnSync } from 'node:child_process'
import { conditionalSpreads } from './layout/conditional-spreads.ts'
import { namesExportedTwice } from './layout/names.ts'
import { untold } from './layout/untold.ts'
import { strayWrites } from './stray-writes.ts'

/** Everything that is wrong without running the product: types, lint and format, import rules. */
const checks: [name: string, command: string, ...args: string[]][] = [
  ['types', 'tsc', '-p', '.'],
  ['lint and format', 'biome', 'ci', '--error-on-warnings', '.'],
  ['import rules', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', '.'],
]

export function check(): boolean {
  return (
    commands() &&
    clean('one way to write', strayWrites(), 'write by change or create (effects/services.ts)') &&
    clean(
      'optional fields',
      conditionalSpreads(),
      'a field that may be undefined; `defined` (rules/) where it must be gone',
    ) &&
    clean(
      'one way to tell',
      untold(),
      'tell by `told`, or `mailed` and `signalled` beside it (rules/told.ts)',
    ) &&
    clean('one meaning a name', namesExportedTwice(), 'exported twice: call one of them something else')
  )
}

function clean(name: string, found: string[], wrong: string): boolean {
  for (const one of found) console.log(`${one}: ${wrong}`)
  console.log(`${found.length === 0 ? 'ok' : 'FAILED'}: ${name}`)
  return found.length === 0
}

function commands(): boolean {
  return checks
    .map(([name, command, ...args]) => {
      const { status } = spawnSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' })
      console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${name}`)
      return status === 0
    })
    .every(Boolean)
}

if (import.meta.main) process.exitCode = check() ? 0 : 1
