import { newBackupCodes, sealCodes } from '../adapters/secrets/backup-codes.ts'
import { flatOrigin } from '../interactions/http/request.ts'
import { accountOf, changeAttempt, type Visit } from '../interactions/sign-in/room.ts'
import { replaceBackupCodes } from '../rules/backup-codes.ts'
import { withEffects } from '../rules/effect.ts'
import { backupCodesRenewed } from '../rules/signals.ts'

/** A new set of backup codes for someone who has just proven a second factor; the old set is void. */
export async function issueCodes(visit: Visit): Promise<void> {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const codes = newBackupCodes()
  const now = services.clock()
  const set = await services.store.accounts.update(account.id, (current) => {
    if (current === undefined) return [current, undefined]
    const next = replaceBackupCodes(current, codes, services.ring.mac, now)
    const number = next.backupCodes!.number
    const id = `codes:${account.id}:${number}`
    const origin = flatOrigin(attempt.origin)
    const promised = withEffects(next, [
      {
        kind: 'audit',
        id: `${id}:audit`,
        event: 'backup_codes.created',
        subject: account.id,
        detail: { set: number },
      },
      {
        kind: 'notice',
        id: `${id}:notice`,
        name: 'backup_codes_created',
        to: account.id,
        data: { at: now, ...origin },
      },
      { kind: 'signal', id: `${id}:signal`, account: account.id, txn: id, events: backupCodesRenewed() },
    ])
    return [promised, number]
  })
  if (set === undefined) return
  await changeAttempt(visit, ({ codesLeft: _left, message: _message, ...current }) => ({
    ...current,
    codes: { set, sealed: sealCodes(services.ring, account.id, set, codes) },
  }))
  await services.effects.settle('accounts', account.id)
}
