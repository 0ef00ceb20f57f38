import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { createKeyRing, type KeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Store } from '../../adapters/store/store.ts'
import { type Config, readConfig } from '../config.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { once } from '../once.ts'
import { openStore, type StorePlace } from '../open-store.ts'
import { claimKeys, lookAtKeys } from '../ring-check.ts'
import { loadSettings, type ProgramSettings } from '../settings.ts'
import { type RemotePlace, remotePlace } from './remote-place.ts'

/** What a command works with. */
export interface Context {
  json: boolean
  store: Store
  place: StorePlace
  /** The whole configuration; throws ConfigError, for commands that need more than the store. */
  config(): Config
  ring(): KeyRing
  /** Throws ConfigError where the settings have keys that aren't the store's; claims it for them where something is to be sealed. */
  keysFit(use: 'look' | 'claim'): Promise<void>
}

export const isJson = (command: Command): boolean => command.optsWithGlobals().json === true

export async function commandSettings(command: Command): Promise<ProgramSettings> {
  const { config, data } = command.optsWithGlobals<{ config?: string; data?: string }>()
  return loadSettings({
    ...process.env,
    REKEY_CONFIG: config ?? process.env.REKEY_CONFIG,
    REKEY_DATA: data ?? process.env.REKEY_DATA,
  })
}

/**
 * Runs a command on the store that the settings name, beside a server that may be running. A folder in which there is
 * none is refused: whoever mistyped it would be told that all is well. False ends the program with 1.
 */
export async function onStore(
  command: Command,
  run: (context: Context) => Promise<boolean | undefined>,
  { makes = false }: { makes?: boolean } = {},
): Promise<void> {
  const remote = remotePlace(command)
  if (remote !== undefined) return atDistance(command, remote)
  const settings = await commandSettings(command)
  const place = placeIn(settings)
  if (!makes) refuseEmptyPlace(place)
  const store = await openStore(place, Date.now)
  try {
    const config = once(() => readConfig(settings))
    const ring = once(() => createKeyRing(config().keys))
    const keysFit: Context['keysFit'] = async (use) => {
      if (settings.keys === undefined) return
      await (use === 'claim' ? claimKeys(store, config()) : lookAtKeys(store, config().keys))
    }
    const ok = await run({ json: isJson(command), store, place, config, ring, keysFit })
    if (ok === false) process.exitCode = 1
  } finally {
    await store.close()
  }
}

async function atDistance(command: Command, place: RemotePlace): Promise<void> {
  const { connect } = await import('./remote-connect.ts')
  const { runRemotely } = await import('./remote-verbs.ts')
  return runRemotely(command, connect(place))
}

export const placeIn = (settings: ProgramSettings): StorePlace => ({
  store: String(settings.store ?? 'lmdb'),
  data: String(settings.data ?? './data'),
})

export function refuseEmptyPlace({ store, data }: StorePlace): void {
  if (store !== 'lmdb' || existsSync(join(data, 'data.mdb'))) return
  throw new ExplainedRefusal(
    `there is no store in ${data}: name its folder with --data, or the settings with --config (rekey serve makes one)`,
  )
}
