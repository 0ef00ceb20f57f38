import type Router from '@koa/router'
import type { Context } from 'koa'
import { ofOrganization } from '../../organization/audit.ts'
import { chainState } from '../../organization/operator/audit.ts'
import type { Organization } from '../../rules/organization.ts'
import { type AuditRoom, exportAudit, showAudit } from '../audit/page.ts'
import type { Console } from '../console/session.ts'
import { formBody } from '../http/form.ts'
import type { Services } from '../services.ts'
import { type Admin, lookingAt, ownOrganization, sentByAdmin, signedIn } from './super-admin.ts'

const path = '/:organization/audit'

/** What happened to the members of an organization, for its super admins. */
export function auditRoutes(services: Services, console: Console, router: Router): void {
  router.get(path, (ctx) => look(services, console, ctx))
  router.post(path, formBody, (ctx) => take(services, console, ctx))
}

async function look(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin !== undefined)
    await showAudit(services, ctx, await roomOf(services, admin, await ownOrganization(services, ctx, admin)))
}

/** POST: format=csv | jsonl, and the filter. */
async function take(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByAdmin(services, console, ctx)
  if (sent === undefined) return
  const { admin, organization, fields } = sent
  const room = await roomOf(services, admin, organization)
  const fault = await exportAudit(services, ctx, room, fields)
  if (fault !== undefined) await showAudit(services, ctx, room, fault)
}

async function roomOf(services: Services, admin: Admin, { id, name }: Organization): Promise<AuditRoom> {
  const back = `/administration/${encodeURIComponent(id)}`
  return {
    session: admin.session,
    base: `${back}/audit`,
    organization: name,
    of: id,
    back,
    sees: ofOrganization(services, id),
    chains: await chainState(services),
  }
}
