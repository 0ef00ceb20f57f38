import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk in memory, where the system has one. */
const memory = '/dev/shm'
/** Bytes: containers often have 64 MB there, which is too little. */
const enough = 2 ** 31

/**
 * Where a run of all tests keeps its embedded stores: in memory if there is room, as they needn't outlive the machine, and
 * each of their writes waits for the disk otherwise. Removed when the process ends.
 */
export function storesInMemory(): void {
  if (process.env['REKEY_TEST_STORES'] !== undefined || !hasRoom()) return
  const folder = mkdtempSync(join(memory, 'rekey-tests-'))
  process.env['REKEY_TEST_STORES'] = folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
}

function hasRoom(): boolean {
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > enough
  } catch {
    return false
  }
}

/** A folder of its own for a store. */
export const storeFolder = (): Promise<string> =>
  mkdtemp(join(process.env['REKEY_TEST_STORES'] ?? tmpdir(), 'rekey-'))
