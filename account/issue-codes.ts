import { newBackupCodes, sealCodes } from '../adapters/secrets/backup-codes.ts'
import { flatOrigin } from '../rules/attempt.ts'
import { replaceBackupCodes } from '../rules/backup-codes.ts'
import { withEffects } from '../rules/effect.ts'
import { backupCodesRenewed } from '../rules/signals.ts'
import type { AccountServices } from './services.ts'
import type { Acting } from './told.ts'

/** A set of codes that was just made: its number, and the codes sealed for the page that shows them. */
export interface IssuedCodes {
  set: number
  sealed: string
}

/**
 * A new set of backup codes for someone who has just proven a second factor; the old set is void.
 * Returns undefined where the account is gone, or another window has made a set meanwhile: that one is shown there.
 *
 * @param seen the number of the last set, as the person was shown it.
 */
export async function issueCodes(
  { change, ring, clock }: Pick<AccountServices, 'change' | 'ring' | 'clock'>,
  { account, origin }: Acting,
  seen: number | undefined,
): Promise<IssuedCodes | undefined> {
  const codes = newBackupCodes()
  const now = clock()
  const set = await change('protections', account, (current) => {
    if (current === undefined || current.backupCodes?.number !== seen) return [current, undefined]
    const next = replaceBackupCodes(current, codes, ring.hash, now)
    const number = next.backupCodes!.number
    const id = `codes:${account}:${number}`
    const promised = withEffects(next, [
      {
        kind: 'audit',
        id: `${id}:audit`,
        event: 'backup_codes.created',
        subject: account,
        detail: { set: number },
      },
      {
        kind: 'notice',
        id: `${id}:notice`,
        name: 'backup_codes_created',
        to: account,
        data: { at: now, ...flatOrigin(origin) },
      },
      { kind: 'signal', id: `${id}:signal`, account, txn: id, events: backupCodesRenewed() },
    ])
    return [promised, number]
  })
  if (set === undefined) return undefined
  return { set, sealed: sealCodes(ring, account, set, codes) }
}
