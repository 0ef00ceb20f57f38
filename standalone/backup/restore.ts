import { accessSync, constants, statSync } from 'node:fs'
import { fill } from '../../adapters/store/fill.ts'
import { ConfigError } from '../../options/config-error.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { openStoreAsItIs, type StorePlace } from '../open-store.ts'
import { checkExport, readExport } from './export-file.ts'
import { inScratch } from './scratch.ts'
import { transfer } from './transfer.ts'

type Progress = (count: number, of?: number) => void

/** Fills an empty place with a backup, whichever engine that is of. Throws ExplainedRefusal or ConfigError, and has written nothing then. */
export async function restoreFile(file: string, place: StorePlace, progress: Progress): Promise<unknown> {
  refuseUnreadable(file)
  const { isLmdbFile, fileFault } = await import('../../adapters/store/lmdb/inspect.ts')
  if (!isLmdbFile(file)) return restoreExport(file, place, progress)
  const fault = fileFault(file)
  if (fault) throw new ExplainedRefusal(`${file} ${fault}`)
  if (place.store !== 'lmdb')
    return inScratch(file, (data) => transfer({ store: 'lmdb', data }, place, progress))
  const { placeBackup } = await import('../../adapters/store/lmdb/backup.ts')
  return placeBackup(file, place.data, progress).catch((error: Error) => {
    throw new ConfigError([`data: ${error.message}`])
  })
}

function refuseUnreadable(file: string): void {
  try {
    accessSync(file, constants.R_OK)
    if (!statSync(file).isFile()) throw Object.assign(new Error(), { code: 'EISDIR' })
  } catch (error) {
    throw new ExplainedRefusal(`${file} can't be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function restoreExport(file: string, place: StorePlace, progress: Progress): Promise<void> {
  const { documents } = await checkExport(file)
  const store = await openStoreAsItIs(place, Date.now)
  try {
    await fill(store, readExport(file), (count) => progress(count, documents))
  } finally {
    await store.close()
  }
}
