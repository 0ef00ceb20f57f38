import type { Context } from 'koa'
import { openCodes } from '../../../adapters/secrets/backup-codes.ts'
import { drawsSheets } from '../../../views/backup-codes-fonts.ts'
import { backupCodesPdf } from '../../../views/backup-codes-pdf.ts'
import { backupCodesText } from '../../../views/backup-codes-text.ts'
import { showNewCodes } from '../new-codes.ts'
import { type Action, accountOf, change, type SignInStep, say, stay, type Visit } from '../step.ts'

export const backupCodes: SignInStep<'backup_codes'> = {
  step: 'backup_codes',
  show: async (visit) => {
    const { brand, account, ...sheet } = sheetOf(visit)
    return {
      ...sheet,
      email: account,
      issuer: brand,
      canCancel: visit.attempt.action !== undefined,
      pdf: drawsSheets(),
    }
  },
  actions: {
    'backup-codes': (visit, fields) => confirm(visit, fields),
    'backup-codes/new': async (visit) => (visit.attempt.codes === undefined ? showNewCodes(visit) : stay),
    'backup-codes/cancel': async ({ attempt: { action, codes } }) =>
      action === undefined || codes !== undefined
        ? stay
        : change((attempt) => ({ ...attempt, actionStatus: 'cancelled' })),
  },
}

/** What is on the page and on paper. Without codes the page offers to make them. */
function sheetOf(visit: Visit) {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const codes = attempt.codes === undefined ? [] : openCodes(services.ring, account.id, attempt.codes)
  return {
    brand: services.config.brand.name,
    address: services.config.start,
    account: account.email,
    set: attempt.codes?.set ?? 0,
    createdAt: account.backupCodes?.createdAt ?? services.clock(),
    codes,
  }
}

const confirm: Action = async (visit, fields) => {
  const { services, attempt } = visit
  if (attempt.codes === undefined) return stay
  if (fields.saved !== 'yes') return say('not_saved')
  const { set } = attempt.codes
  const now = services.clock()
  const confirmed = await services.change('protections', accountOf(visit).id, (current) => {
    if (current?.backupCodes?.number !== set) return [current, false]
    return [{ ...current, backupCodes: { ...current.backupCodes, confirmedAt: now } }, true]
  })
  // Another window has made a newer set: what was saved here is void.
  if (!confirmed)
    return change((current) => ({ ...current, codes: undefined, message: { key: 'codes_replaced' } }))
  return change((current) => ({
    ...current,
    codes: undefined,
    actionStatus: current.action === undefined ? undefined : 'success',
  }))
}

/** The codes as a file to keep: backupCodes.pdf or backupCodes.txt. */
export async function sendSheet(visit: Visit, ctx: Context, kind: 'pdf' | 'txt'): Promise<void> {
  const sheet = { ...sheetOf(visit), locale: visit.attempt.locale }
  ctx.set('Cache-Control', 'no-store')
  ctx.attachment(`backupCodes.${kind}`)
  ctx.type = kind === 'pdf' ? 'application/pdf' : 'text/plain; charset=utf-8'
  ctx.body = kind === 'pdf' ? await backupCodesPdf(sheet) : backupCodesText(sheet)
}
