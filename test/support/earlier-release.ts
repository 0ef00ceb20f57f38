import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export interface EarlierRelease {
  /** The file to start it with. */
  program: string
  remove(): Promise<void>
}

/** The program as it was at a commit. None where the history isn't here: what was unpacked from a file has none. */
export async function earlierRelease(commit: string): Promise<EarlierRelease | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-earlier-'))
  const remove = () => rm(folder, { recursive: true })
  try {
    const archive = execFileSync('git', ['archive', commit, ':!test', ':!docs'], {
      cwd: root,
      maxBuffer: 100_000_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await mkdir(join(folder, 'release'))
    execFileSync('tar', ['-x', '-C', join(folder, 'release')], { input: archive })
  } catch {
    await remove()
    return undefined
  }
  await symlink(join(root, 'node_modules'), join(folder, 'release/node_modules'))
  return { program: join(folder, 'release/standalone/start.mjs'), remove }
}
