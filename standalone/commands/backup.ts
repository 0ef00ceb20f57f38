import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { writeExport } from '../backup/export-file.ts'
import { hasFolder, namedPlace } from '../backup/place.ts'
import { restoreFile } from '../backup/restore.ts'
import { transfer } from '../backup/transfer.ts'
import { readConfig } from '../config.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { openStore, openStoreAsItIs, type StorePlace } from '../open-store.ts'
import { lookAtKeys } from '../ring-check.ts'
import { commandSettings, isJson, placeIn, refuseEmptyPlace } from './command.ts'
import { answer, createProgress } from './terminal.ts'

export function backupCommands(program: Command): void {
  program
    .command('backup')
    .argument('<file>', 'a new file, which only this user may read')
    .description('copy the store as it is at this moment, beside a running server; the keys are not in it')
    .action((file: string, _options, command: Command) => backUp(command, resolve(file)))
  program
    .command('restore')
    .argument('<file>', 'what `rekey backup` wrote')
    .description('fill an empty store of any engine from a backup')
    .action((file: string, _options, command: Command) => restore(command, resolve(file)))
  program
    .command('move')
    .argument('<from>', 'lmdb:<folder>, a mongodb:// or a postgres:// URI')
    .argument('<to>', 'the same, where there is no store yet')
    .description('copy a store to another engine; stop every server first')
    .action((from: string, to: string, _options, command: Command) =>
      move(command, namedPlace(from), namedPlace(to)),
    )
}

async function backUp(command: Command, file: string): Promise<void> {
  const place = placeIn(await commandSettings(command))
  refuseEmptyPlace(place)
  if (existsSync(file)) throw new ExplainedRefusal(`${file} is there already`)
  await explained(file, () => (place.store === 'lmdb' ? copied(place.data, file) : exported(place, file)))
  const bytes = statSync(file).size
  await answer(isJson(command), { file, bytes }, [
    `${file}: ${bytes} bytes`,
    'Keep the keys of the settings with as much care, and elsewhere: without them nobody can use it.',
  ])
}

async function copied(data: string, file: string): Promise<void> {
  const { backUpFolder } = await import('../../adapters/store/lmdb/backup.ts')
  const progress = createProgress('bytes')
  await backUpFolder(data, file, progress.at)
  progress.end()
}

async function exported(place: StorePlace, file: string): Promise<void> {
  const store = await openStoreAsItIs(place, Date.now)
  const progress = createProgress('documents')
  try {
    await writeExport(store, file, progress.at)
  } finally {
    progress.end()
    await store.close()
  }
}

async function explained(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new ExplainedRefusal(`${file} is there already`)
    if (['ENOENT', 'EACCES', 'EROFS', 'ENOSPC', 'ENOTDIR'].includes(code ?? ''))
      throw new ExplainedRefusal(`${file} can't be written (${code})`)
    throw error
  }
}

async function restore(command: Command, file: string): Promise<void> {
  const settings = await commandSettings(command)
  const place = placeIn(settings)
  const progress = createProgress('restored')
  await restoreFile(file, place, progress.at)
  progress.end()
  const store = await openStore(place, Date.now)
  try {
    if (settings.keys !== undefined) await lookAtKeys(store, readConfig(settings).keys)
  } finally {
    await store.close()
  }
  await answer(isJson(command), { restored: file }, [
    `restored ${file}`,
    'What happened after the backup is undone, resets and spent codes too. rekey serve takes it from here.',
  ])
}

async function move(command: Command, from: StorePlace, to: StorePlace): Promise<void> {
  if (!hasFolder(from)) throw new ExplainedRefusal(`there is no store in ${from.data}`)
  const progress = createProgress('documents')
  const documents = await transfer(from, to, progress.at)
  progress.end()
  const words = `moved ${documents} documents, and counted them again; the store they came from is as it was`
  await answer(isJson(command), { documents }, words)
}
