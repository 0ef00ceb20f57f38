import type Router from '@koa/router'
import type { Context } from 'koa'
import { listStaff, setStaff } from '../../organization/operator/staff.ts'
import { wakeCases } from '../../recovery/events.ts'
import { supportInbox } from '../../recovery/inbox.ts'
import { foldAddress } from '../../rules/addresses.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Staff } from '../../rules/staff.ts'
import type { Console } from '../console/session.ts'
import { askOnce } from '../http/ask-once.ts'
import { formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { lookAt, type Operator, sentByOperator } from './operator.ts'

const path = '/operator/support'
const roles: readonly Staff[] = ['supportAgent', 'operator']

/** The support desk as the operator sees it, and who works for the operator. */
export function staffRoutes(router: Router, services: Services, console: Console): void {
  router.get('/support', (ctx) => lookAt(services, console, ctx, show))
  router.post('/support', formBody, (ctx) => change(services, console, ctx))
}

/** POST: email, role=supportAgent | operator, change=add | remove, reason; sure=yes for a removal. */
async function change(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByOperator(services, console, ctx, path)
  if (sent === undefined) return
  const { fields } = sent
  const again = (message: PageMessage) => show(services, ctx, sent, refusedForm(message, fields))
  if (sent.refused) return again(sent.refused)
  const what = roles.find((role) => role === fields.role)
  const reason = fields.reason?.trim() ?? ''
  if (what === undefined) return again({ key: 'unknown' })
  const person = await services.accounts.find(foldAddress(fields.email ?? ''))
  if (person === undefined) return again({ key: 'staff_unknown' })
  const on = fields.change === 'add'
  if (on && reason === '') return again({ key: 'reason_missing' })
  if (reason.length > 500) return again({ key: 'reason_too_long' })
  if (
    !on &&
    askOnce(services, ctx, sent, { what: `staff_${what}`, back: path, values: { name: person.name } })
  )
    return
  const outcome = await setStaff(services, sent.account, { person: person.id, what, on, reason })
  if (!outcome.ok) return again({ key: `staff_${outcome.reason}` })
  seeOther(ctx, `${path}?said=staff_changed`)
}

async function show(
  services: Services,
  ctx: Context,
  { session, account }: Operator,
  message?: PageMessage,
): Promise<void> {
  await wakeCases(services)
  const shown = async (what: Staff) =>
    (await listStaff(services, what)).map(({ id, name, email, status }) => ({
      ...{ name, email, status },
      self: id === account.id,
    }))
  const page = services.views.page('operator_support', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    cases: await supportInbox(services, account.id),
    staff: { supportAgent: await shown('supportAgent'), operator: await shown('operator') },
    now: services.clock(),
  })
  showPage(ctx, page)
}
