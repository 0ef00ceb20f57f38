import { newBackupCodes, sealCodes } from '../adapters/secrets/backup-codes.ts'
import type { Attempt } from '../rules/attempt.ts'
import { replaceBackupCodes } from '../rules/backup-codes.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import { backupCodesRenewed } from '../rules/signals.ts'
import { told } from '../rules/told.ts'
import type { AccountServices } from './services.ts'
import type { Acting } from './told.ts'

/**
 * A new set of backup codes for someone who has just proven a second factor; the old set is void. The sign-in shows it,
 * because of the write that makes it. Returns its number; undefined where the account is gone, or another window has made
 * a set meanwhile: that one is shown there.
 *
 * @param seen the number of the last set, as the person was shown it.
 */
export async function issueCodes(
  { change, ring, clock }: Pick<AccountServices, 'change' | 'ring' | 'clock'>,
  { account, origin }: Acting,
  seen: number | undefined,
  { id: attempt, revision }: Pick<Attempt, 'id' | 'revision'>,
): Promise<number | undefined> {
  const codes = newBackupCodes()
  const now = clock()
  return change('protections', account, (current) => {
    if (current === undefined || current.backupCodes?.number !== seen) return [current, undefined]
    const next = replaceBackupCodes(current, codes, ring.hash, now)
    const number = next.backupCodes!.number
    const id = `codes:${account}:${number}`
    const made = { set: number, sealed: sealCodes(ring, account, number, codes) }
    const happening = {
      id,
      event: 'backup_codes.created' as const,
      detail: { set: number },
      notice: 'backup_codes_created' as const,
      signals: backupCodesRenewed(),
    }
    const shown: Effect = { kind: 'show_codes', id: `${id}:show`, account, attempt, revision, codes: made }
    return [withEffects(next, [shown, ...told({ subject: account, origin, at: now }, happening)]), number]
  })
}
