import type Router from '@koa/router'
import type { Context } from 'koa'
import { setDomains } from '../../organization/domains.ts'
import { createOrganization, listOrganizations } from '../../organization/operator/organizations.ts'
import { foldAddress } from '../../rules/addresses.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Console } from '../console/session.ts'
import { type Fields, formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { afterOn, pageOfList } from '../http/paging.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { lookAt, type Operator, sentByOperator } from './operator.ts'

const path = '/operator/organizations'
const pageSize = 50

/** Every organization of the installation, and new ones. */
export function organizationsRoutes(router: Router, services: Services, console: Console): void {
  router.get('/organizations', (ctx) => lookAt(services, console, ctx, show))
  router.post('/organizations', formBody, (ctx) => create(services, console, ctx))
}

/** POST: id, name, superAdmin; or change=domains, with id and the domains, each on its own or behind a comma. */
async function create(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByOperator(services, console, ctx, path)
  if (sent === undefined) return
  const { fields } = sent
  if (sent.refused) return show(services, ctx, sent, refusedForm(sent.refused, fields))
  if (fields.change === 'domains') return claim(services, ctx, sent)
  const superAdmin = foldAddress(fields.superAdmin ?? '') || undefined
  const wanted = { id: fields.id?.trim() ?? '', name: fields.name?.trim() ?? '', superAdmin }
  const outcome = await createOrganization(services, sent.account, wanted)
  if (outcome.ok) return seeOther(ctx, `${path}?said=organization_created`)
  await show(services, ctx, sent, refusedForm({ key: `organization_${outcome.reason}` }, fields))
}

/** Whose accounts are an organization's: the operator has made sure that the domains are. */
async function claim(services: Services, ctx: Context, sent: Operator & { fields: Fields }): Promise<void> {
  const { fields, account } = sent
  const domains = (fields.domains ?? '').split(/[\s,]+/).filter((one) => one !== '')
  const outcome = await setDomains(services, fields.organization?.trim() ?? '', domains, account.id)
  if (outcome.ok) return seeOther(ctx, `${path}?said=domains_set`)
  await show(services, ctx, sent, refusedForm({ key: `domains_${outcome.reason}` }, fields))
}

async function show(
  services: Services,
  ctx: Context,
  { session }: Operator,
  message?: PageMessage,
): Promise<void> {
  const { shown, next } = await pageOfList(pageSize, (most) =>
    listOrganizations(services, afterOn(ctx), most),
  )
  const page = services.views.page('operator_organizations', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    organizations: shown.map(({ id, name, createdAt, superAdmins, domains = [] }) => ({
      ...{ id, name, createdAt, superAdmins, domains },
    })),
    next,
  })
  showPage(ctx, page)
}
