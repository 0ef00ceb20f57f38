import { randomBytes } from 'node:crypto'
import { backupCodeBytes, backupCodeCount, writeBackupCode } from '../../rules/backup-codes.ts'
import type { KeyRing } from './key-ring.ts'

/** Ten new codes. They are shown once; the account keeps their hashes. */
export function newBackupCodes(): string[] {
  return Array.from({ length: backupCodeCount }, () => writeBackupCode(randomBytes(backupCodeBytes)))
}

/** Codes sealed for the attempt that shows them, until the person says that they are saved. */
export function sealCodes(ring: KeyRing, account: string, set: number, codes: string[]): string {
  return ring.seal(JSON.stringify(codes), `codes|${account}|${set}`)
}

export function openCodes(ring: KeyRing, account: string, shown: { set: number; sealed: string }): string[] {
  return JSON.parse(ring.open(shown.sealed, `codes|${account}|${shown.set}`))
}
