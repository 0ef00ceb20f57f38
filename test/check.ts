import { spawnSync } from 'node:child_process'

/** Everything that is wrong without running the product: types, lint and format, import rules. */
const checks: [name: string, command: string, ...args: string[]][] = [
  ['types', 'tsc', '-p', '.'],
  ['lint and format', 'biome', 'ci', '--error-on-warnings', '.'],
  ['import rules', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err', '.'],
]

export function check(): boolean {
  return checks
    .map(([name, command, ...args]) => {
      const { status } = spawnSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' })
      console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${name}`)
      return status === 0
    })
    .every(Boolean)
}

if (import.meta.main) process.exitCode = check() ? 0 : 1
