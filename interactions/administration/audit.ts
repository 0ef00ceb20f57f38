import type Router from '@koa/router'
import type { Context } from 'koa'
import { ofOrganization } from '../../organization/audit.ts'
import { chainState } from '../../organization/operator/audit.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { type AuditRoom, exportAudit, showAudit } from '../audit/page.ts'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { checkFormToken, formBody, readFields } from '../http/form.ts'
import type { Services } from '../services.ts'
import { type Admin, ownOrganization, signedIn } from './super-admin.ts'

const path = '/:organization/audit'
const looking = { acr: acrMultiFactor, maxAge: 8 * 3600 }

/** What happened to the members of an organization, for its super admins. */
export function auditRoutes(services: Services, console: Console, router: Router): void {
  router.get(path, (ctx) => look(services, console, ctx))
  router.post(path, formBody, (ctx) => take(services, console, ctx))
}

async function look(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, looking)
  if (admin !== undefined) await showAudit(services, ctx, await roomOf(services, ctx, admin))
}

/** POST: format=csv | jsonl, and the filter. */
async function take(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, freshSecondFactor)
  if (admin === undefined) return
  const room = await roomOf(services, ctx, admin)
  const fields = readFields(ctx)
  checkFormToken(fields, admin.session.form)
  const fault = await exportAudit(services, ctx, room, fields)
  if (fault !== undefined) await showAudit(services, ctx, room, fault)
}

async function roomOf(services: Services, ctx: Context, admin: Admin): Promise<AuditRoom> {
  const { id, name } = await ownOrganization(services, ctx, admin)
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
