import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The release, as package.json has it: the nearest one above this file, compiled or not. */
export const release: string = releaseAt(import.meta.dirname)

function releaseAt(folder: string): string {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
  } catch {
    return dirname(folder) === folder ? 'unknown' : releaseAt(dirname(folder))
  }
}
