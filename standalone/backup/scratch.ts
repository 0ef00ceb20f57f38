import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of this user alone, for the time of a call. */
export async function scratchFolder<R>(use: (folder: string) => Promise<R>): Promise<R> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-backup-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A copy of the embedded store at a place of its own: opening it changes the copy, and not the backup. */
export function inScratch<R>(file: string, use: (data: string) => Promise<R>): Promise<R> {
  return scratchFolder(async (folder) => {
    const { placeBackup } = await import('../../adapters/store/lmdb/backup.ts')
    const data = join(folder, 'data')
    await placeBackup(file, data, () => {})
    return use(data)
  })
}
