import { chmod, constants, copyFile, link, mkdtemp, open as openFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { open } from 'lmdb'
import { StoreFault } from '../port.ts'
import { fileFault, inspectFolder } from './inspect.ts'
import { LastCommit } from './last-commit.ts'

/** How far a copy has come, in bytes. */
export type CopyProgress = (bytes: number, of: number) => void

/**
 * Copies a store in use to a file, as it is at this moment; others go on writing. The copy has no free pages. It is
 * there under its name only when all of it has reached the disk.
 */
export async function backUpFolder(path: string, file: string, progress: CopyProgress): Promise<void> {
  inspectFolder(path)
  const env = open({ path, noSubdir: false, overlappingSync: false, cache: false, maxDbs: 256 })
  // Who opens may have set back what the others go by.
  const lastCommit = new LastCommit(env, path)
  const folder = await mkdtemp(join(dirname(file), '.rekey-backup-'))
  const copy = join(folder, 'data.mdb')
  const watched = watch(copy, (await stat(join(path, 'data.mdb'))).size, progress)
  try {
    await env.backup(folder, true)
    await keep(copy)
    // Unlike a rename, this never replaces a file.
    await link(copy, file)
  } finally {
    clearInterval(watched)
    await env.close()
    lastCommit.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Puts a copy where a store belongs. Throws StoreFault where one is, or where the copy isn't sound. */
export async function placeBackup(file: string, path: string, progress: CopyProgress): Promise<void> {
  const fault = fileFault(file)
  if (fault) throw new StoreFault(`${file} ${fault}`)
  inspectFolder(path)
  const data = join(path, 'data.mdb')
  if ((await stat(data).catch(() => undefined)) !== undefined)
    throw new StoreFault(`There is a store in ${path} already, and nothing is written over it.`)
  const folder = await mkdtemp(join(path, '.rekey-restore-'))
  const copy = join(folder, 'data.mdb')
  const watched = watch(copy, (await stat(file)).size, progress)
  try {
    await copyFile(file, copy, constants.COPYFILE_FICLONE)
    await keep(copy)
    await link(copy, data)
  } finally {
    clearInterval(watched)
    await rm(folder, { recursive: true, force: true })
  }
}

/** For its user alone, and on the disk. */
async function keep(copy: string): Promise<void> {
  await chmod(copy, 0o600)
  const file = await openFile(copy, 'r+')
  await file.sync()
  await file.close()
}

function watch(copy: string, of: number, progress: CopyProgress): NodeJS.Timeout {
  return setInterval(() => {
    stat(copy).then(
      ({ size }) => progress(size, Math.max(size, of)),
      () => {},
    )
  }, 200)
}
