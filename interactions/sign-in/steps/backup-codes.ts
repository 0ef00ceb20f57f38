import type { Context } from 'koa'
import { openCodes } from '../../../adapters/secrets/backup-codes.ts'
import { backupCodesPdf } from '../../../views/backup-codes-pdf.ts'
import { backupCodesText } from '../../../views/backup-codes-text.ts'
import {
  type Action,
  accountOf,
  changeAttempt,
  localeOfVisit,
  type Room,
  say,
  showNewCodes,
  type Visit,
} from '../room.ts'

export const backupCodes: Room<'backup_codes'> = {
  step: 'backup_codes',
  show: async (visit) => {
    const { brand, account, ...sheet } = sheetOf(visit)
    return { ...sheet, email: account, issuer: brand, canCancel: visit.attempt.action !== undefined }
  },
  actions: {
    'backup-codes': (visit, fields) => confirm(visit, fields),
    'backup-codes/new': (visit) => issue(visit, {}),
    'backup-codes/cancel': (visit) =>
      changeAttempt(visit, (attempt) =>
        attempt.action === undefined || attempt.codes !== undefined
          ? attempt
          : { ...attempt, actionStatus: 'cancelled' },
      ),
  },
}

/** What is on the page and on paper. Without codes the page offers to make them. */
function sheetOf(visit: Visit) {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const codes = attempt.codes === undefined ? [] : openCodes(services.ring, account.id, attempt.codes)
  return {
    brand: services.config.brand.name,
    account: account.email,
    set: attempt.codes?.set ?? 0,
    createdAt: account.backupCodes?.createdAt ?? services.clock(),
    codes,
  }
}

const confirm: Action = async (visit, fields) => {
  const { services, attempt } = visit
  if (attempt.codes === undefined) return
  if (fields.saved !== 'yes') return say(visit, 'not_saved')
  const { set } = attempt.codes
  const now = services.clock()
  await services.store.accounts.update(accountOf(visit).id, (current) => {
    if (current?.backupCodes?.number !== set) return [current, undefined]
    return [{ ...current, backupCodes: { ...current.backupCodes, confirmedAt: now } }, undefined]
  })
  await changeAttempt(visit, ({ codes: _codes, message: _message, ...current }) => ({
    ...current,
    ...(current.action === undefined ? {} : { actionStatus: 'success' as const }),
  }))
}

const issue: Action = async (visit) => {
  if (visit.attempt.codes === undefined) await showNewCodes(visit)
}

/** The codes as a file to keep: backupCodes.pdf or backupCodes.txt. */
export async function sendSheet(visit: Visit, ctx: Context, kind: 'pdf' | 'txt'): Promise<void> {
  const sheet = { ...sheetOf(visit), locale: localeOfVisit(visit) }
  ctx.set('Cache-Control', 'no-store')
  ctx.attachment(`backupCodes.${kind}`)
  ctx.type = kind === 'pdf' ? 'application/pdf' : 'text/plain; charset=utf-8'
  ctx.body = kind === 'pdf' ? await backupCodesPdf(sheet) : backupCodesText(sheet)
}
