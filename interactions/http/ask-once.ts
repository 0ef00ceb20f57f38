import type { Context } from 'koa'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import type { Services } from '../services.ts'
import type { Fields } from './form.ts'
import { formLocals } from './form.ts'
import { showPage } from './page.ts'
import { localeOf } from './request.ts'

/** What is about to happen, as the page says it. */
interface Asked {
  /** Which texts of the locale's `confirm` section. */
  what: string
  back: string
  values?: { [name: string]: string | number }
}

/**
 * What can't be taken back says what it will do, and is asked once: the form comes again with `sure`, and everything
 * that was filled in. True where that page is shown, and nothing is to be done yet.
 */
export function askOnce(
  services: Pick<Services, 'views'>,
  ctx: Context,
  { session, fields }: { session: ConsoleSession; fields: Fields },
  { what, back, values = {} }: Asked,
): boolean {
  if (fields.sure === 'yes') return false
  const kept = Object.entries(fields).flatMap(([name, value]) =>
    name === 'form' || value === undefined ? [] : [{ name, value }],
  )
  const page = services.views.page('confirm', localeOf(ctx), {
    ...formLocals(ctx.path, session.form),
    kind: what,
    values,
    fields: kept,
    back,
  })
  showPage(ctx, page)
  return true
}
