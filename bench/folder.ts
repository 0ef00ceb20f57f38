import { mkdir, mkdtemp } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** An empty folder on the disk the repository is on: one in memory would make every commit free. Whoever asks removes it. */
export async function temporaryFolder(name: string): Promise<string> {
  const cache = resolve(import.meta.dirname, '../.cache')
  await mkdir(cache, { recursive: true })
  return mkdtemp(join(cache, `${name}-`))
}
