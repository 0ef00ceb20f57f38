import { randomUUID } from 'node:crypto'
import type Router from '@koa/router'
import type { Context } from 'koa'
import { activeSuperAdmins } from '../../effects/super-admins.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Organization } from '../../rules/organization.ts'
import {
  changePolicy,
  faultOf,
  locksSuperAdminsOut,
  type PolicyChange,
  type PolicyFacts,
  type PolicyFault,
  type PolicySettings,
  policyVersion,
  readPolicy,
  settingsOf,
} from '../../rules/policy-change.ts'
import { keptForm } from '../console/kept-form.ts'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { type Fields, formBody, formLocals } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Admin, ownOrganization, sentByAdmin, signedIn } from './super-admin.ts'

const path = '/:organization/policy'

/** The rules of an organization, as its super admins set them. */
export function policyRoutes(services: Services, console: Console, router: Router): void {
  router.get(path, (ctx) => showPolicy(services, console, ctx))
  router.post(path, formBody, (ctx) => setPolicy(services, console, ctx))
}

async function showPolicy(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, freshSecondFactor)
  if (admin === undefined) return
  const kept = keptForm(services, ctx, admin.session)
  if (kept?.typed !== undefined) return showTyped(services, ctx, admin, kept, kept.typed)
  await show(services, ctx, admin, ctx.query.said === 'saved' ? { message: { key: 'policy_saved' } } : {})
}

/** As it was filled in, on the version that it was filled in on. */
async function showTyped(
  services: Services,
  ctx: Context,
  admin: Admin,
  message: PageMessage,
  fields: Fields,
): Promise<void> {
  const organization = await ownOrganization(services, ctx, admin)
  const facts = await factsOf(services, organization)
  const wanted = readPolicy(fields, settingsOf(organization.policy, facts.offered), facts)
  await show(services, ctx, admin, { message, wanted, fields, askSure: fields.sure === 'yes' })
}

/** POST: one field a setting, version, and sure=yes where the page asks for it. */
async function setPolicy(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByAdmin(services, console, ctx)
  if (sent === undefined) return
  const { admin, organization, fields } = sent
  const facts = await factsOf(services, organization)
  const wanted = readPolicy(fields, settingsOf(organization.policy, facts.offered), facts)
  const fault = faultOf(wanted, facts)
  const again = (key: PolicyFault | 'sure', askSure = false) =>
    show(services, ctx, admin, { message: { key: `policy_${key}` }, wanted, fields, askSure })
  if (fault !== undefined) return again(fault)
  if (locksSuperAdminsOut(wanted, facts) && fields.sure !== 'yes') return again('sure', true)
  const { outcome } = await change(services, organization, wanted, fields.version ?? '', admin)
  // On what is there now: whoever saves it again has read that they weren't the first.
  if (outcome === 'stale')
    return show(services, ctx, admin, {
      message: { key: 'policy_stale' },
      wanted,
      fields: { ...fields, version: undefined },
      beside: true,
    })
  seeOther(ctx, `${ctx.path}?said=saved`)
}

async function change(
  { change: write, clock, kinds }: Services,
  { id }: Organization,
  wanted: PolicySettings,
  version: string,
  { account }: Admin,
): Promise<PolicyChange> {
  const by = { id: account.id, name: account.name, email: account.email }
  const about = { id: `policy:${randomUUID()}`, by, at: clock() }
  return write('organizations', id, (current) => {
    const next: PolicyChange = current
      ? changePolicy(current, wanted, version, kinds, about)
      : { outcome: 'stale' }
    return [next.outcome === 'changed' ? next.organization : current, next]
  })
}

/** Super admins are counted as far as it matters. */
async function factsOf(services: Services, organization: Organization): Promise<PolicyFacts> {
  let superAdmins = 0
  for await (const _ of activeSuperAdmins(services, organization.id)) {
    superAdmins += 1
    if (superAdmins > 2) break
  }
  return { offered: services.kinds, proofing: services.proofing !== undefined, superAdmins }
}

/** Shows what holds, or what was filled in and not taken. */
async function show(
  services: Services,
  ctx: Context,
  admin: Admin,
  state: {
    message?: PageMessage
    wanted?: PolicySettings
    fields?: Fields
    askSure?: boolean
    beside?: boolean
  },
): Promise<void> {
  const { message, wanted, fields, askSure = false, beside = false } = state
  const organization = await ownOrganization(services, ctx, admin)
  const now = settingsOf(organization.policy, services.kinds)
  const settings = wanted ?? now
  const back = `/administration/${encodeURIComponent(organization.id)}`
  const page = services.views.page('policy', localeOf(ctx), {
    ...formLocals(`${back}/policy`, admin.session.form, message),
    back,
    admin: admin.account.name,
    organization: organization.name,
    version: fields?.version ?? policyVersion(organization.policy),
    settings,
    now: beside ? now : undefined,
    typed: {
      trustedDeviceDays: fields?.trustedDeviceDays ?? String(settings.trustedDeviceDays),
      holdAfterApprovalHours: fields?.holdAfterApprovalHours ?? String(settings.holdAfterApprovalHours),
      supportHoldHours: fields?.supportHoldHours ?? String(settings.supportHoldHours),
    },
    kinds: services.kinds,
    proofing: services.proofing !== undefined,
    askSure,
  })
  showPage(ctx, page)
}
