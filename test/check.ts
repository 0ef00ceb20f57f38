import { spawnSync } from 'node:child_process'
import { strayWrites } from './stray-writes.ts'

/** Everything that is wrong without running the product: types, lint and format, import rules. */
const checks: [name: string, command: string, ...args: string[]][] = [
  ['types', 'tsc', '-p', '.'],
  ['lint and format', 'biome', 'ci', '--error-on-warnings', '.'],
  ['import rules', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', '.'],
]

export function check(): boolean {
  return commands() && oneWayToWrite()
}

function oneWayToWrite(): boolean {
  const stray = strayWrites()
  for (const found of stray) console.log(`${found}: write by change or create (effects/services.ts)`)
  console.log(`${stray.length === 0 ? 'ok' : 'FAILED'}: one way to write`)
  return stray.length === 0
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
