import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Store } from '../../adapters/store/store.ts'
import { verifyLog } from '../../effects/open-audit.ts'
import { restoreFile } from '../backup/restore.ts'
import { scratchFolder } from '../backup/scratch.ts'
import { readConfig } from '../config.ts'
import { openStore } from '../open-store.ts'
import { lookAtKeys } from '../ring-check.ts'
import type { ProgramSettings } from '../settings.ts'
import { commandSettings, isJson } from './command.ts'
import { everyDocument } from './every.ts'
import { answer, createProgress } from './terminal.ts'

/** Restores a backup into a folder of its own, looks at what there is, and leaves nothing behind. */
export async function checkBackup(command: Command, named: string): Promise<void> {
  const file = resolve(named)
  const settings = await commandSettings(command)
  const progress = createProgress('read')
  const found = await scratchFolder(async (folder) => {
    const place = { store: 'lmdb', data: join(folder, 'store') }
    await restoreFile(file, place, progress.at)
    progress.end()
    const store = await openStore(place, Date.now)
    try {
      return { file, ...(await counted(store)), ...(await opened(store, settings)) }
    } finally {
      await store.close()
    }
  })
  await answer(isJson(command), { ok: found.fault === undefined, ...found }, words(found))
  if (found.fault !== undefined) process.exitCode = 1
}

async function counted({ organizations, people, cases, audit }: Store) {
  return {
    people: await count(people),
    organizations: await count(organizations),
    cases: await count(cases),
    entries: await count(audit),
  }
}

async function count(collection: Parameters<typeof everyDocument>[0]): Promise<number> {
  let found = 0
  for await (const _ of everyDocument(collection)) found += 1
  return found
}

interface Opening {
  /** Whether the keys and the log were looked at. */
  opened: boolean
  fault?: string | undefined
}

/** Whether the keys of the settings fit, and the log is as it was written. */
async function opened(store: Store, settings: ProgramSettings): Promise<Opening> {
  if (settings.keys === undefined) return { opened: false }
  const { keys, issuer } = readConfig(settings)
  await lookAtKeys(store, keys)
  const { fault } = await verifyLog({ store, ring: createKeyRing(keys), config: { issuer } })
  return {
    opened: true,
    fault: fault && 'the audit log is not as it was written: restore it, and see rekey audit verify',
  }
}

type Found = Awaited<ReturnType<typeof counted>> & Opening & { file: string }

function words({ file, people, organizations, cases, entries, opened: looked, fault }: Found): string[] {
  return [
    `${file}: ${people} people, ${organizations} organizations, ${cases} cases, ${entries} entries of the log`,
    looked
      ? 'the keys fit'
      : 'not looked at: whether the keys fit, and the log; name the settings with --config',
    ...(fault === undefined ? (looked ? ['the log is as it was written'] : []) : [`FAULT  ${fault}`]),
  ]
}
