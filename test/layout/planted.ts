import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser'

const config: IConfiguration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs')

const left = ['node_modules', '.git', '.cache', 'data', 'test', 'bench', 'examples', 'docs']

/** A copy of the product, in which wrong imports can be planted. */
export interface Copy {
  /** The rules that are broken with these lines at the end of these files; `deep`: and in whatever they lead to. */
  broken(planted: { [file: string]: string }, how?: { deep: boolean }): Promise<string[]>
  dispose(): void
}

export function copyOfProduct(): Copy {
  const top = mkdtempSync(join(tmpdir(), 'rekey-layout-'))
  cpSync('.', top, { recursive: true, filter: (from) => !left.includes(from) })
  cpSync('test/support/time.ts', join(top, 'test/support/time.ts'))
  symlinkSync(resolve('node_modules'), join(top, 'node_modules'))

  const rulesBrokenBy = async (files: string[], deep: boolean): Promise<string[]> => {
    const { output } = await cruise(files, {
      maxDepth: deep ? 0 : 1,
      ...config.options,
      ruleSet: config,
      validate: true,
      baseDir: top,
    })
    return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name)
  }
  return {
    broken: async (planted, { deep } = { deep: false }) => {
      const files = Object.keys(planted).map((file) => ({
        file: join(top, file),
        before: readFileSync(join(top, file), 'utf8'),
        line: planted[file]!,
      }))
      for (const { file, line } of files) appendFileSync(file, `\n${line}\n`)
      try {
        return await rulesBrokenBy(Object.keys(planted), deep)
      } finally {
        for (const { file, before } of files) writeFileSync(file, before)
      }
    },
    dispose: () => rmSync(top, { recursive: true }),
  }
}
