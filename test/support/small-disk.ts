import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of its own of a few megabytes, that can be filled up. Only root can mount one. */
export interface SmallDisk {
  path: string
  fill(): void
  free(): void
  unmount(): void
}

export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  if (process.getuid?.() !== 0) return undefined
  const path = mkdtempSync(join(tmpdir(), 'rekey-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    rmdirSync(path)
    return undefined
  }
  const filler = join(path, 'filler')
  return {
    path,
    fill: () => fillUp(filler),
    free: () => unlinkSync(filler),
    unmount: () => {
      execFileSync('umount', ['-l', path])
      rmdirSync(path)
    },
  }
}

function fillUp(file: string): void {
  const handle = openSync(file, 'a')
  try {
    for (const size of [65_536, 4096, 1]) fillWith(handle, Buffer.alloc(size))
  } finally {
    closeSync(handle)
  }
}

function fillWith(handle: number, bytes: Buffer): void {
  try {
    for (;;) writeSync(handle, bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
