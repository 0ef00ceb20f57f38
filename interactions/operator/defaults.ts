import type Router from '@koa/router'
import type { Context } from 'koa'
import { defaultPolicyOf, setDefaultPolicy } from '../../organization/operator/defaults.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { OrganizationPolicy } from '../../rules/organization.ts'
import { type PolicySettings, policyVersion, readPolicy, settingsOf } from '../../rules/policy-change.ts'
import { keptForm } from '../console/kept-form.ts'
import type { Console } from '../console/session.ts'
import { type Fields, formBody, formLocals } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Operator, operatorAt, saidOn, sentByOperator } from './operator.ts'

const path = '/operator/policy'

/** The policy that organizations begin with. */
export function defaultsRoutes(router: Router, services: Services, console: Console): void {
  router.get('/policy', (ctx) => look(services, console, ctx))
  router.post('/policy', formBody, (ctx) => set(services, console, ctx))
}

async function look(services: Services, console: Console, ctx: Context): Promise<void> {
  const operator = await operatorAt(services, console, ctx)
  if (operator === undefined) return
  const kept = keptForm(services, ctx, operator.session)
  if (kept?.typed !== undefined)
    return show(services, ctx, operator, await readWanted(services, kept.typed), kept, kept.typed)
  const settings = settingsOf(await defaultPolicyOf(services), services.kinds)
  await show(services, ctx, operator, settings, saidOn(ctx))
}

/** POST: a field for each setting, and version. */
async function set(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByOperator(services, console, ctx, path)
  if (sent === undefined) return
  const wanted = await readWanted(services, sent.fields)
  if (sent.refused) return show(services, ctx, sent, wanted, sent.refused, sent.fields)
  const seen = (current: OrganizationPolicy) => policyVersion(current) === sent.fields.version
  const outcome = await setDefaultPolicy(
    services,
    sent.account,
    wanted,
    services.proofing !== undefined,
    seen,
  )
  if (outcome.ok) return seeOther(ctx, `${path}?said=policy_saved`)
  if (outcome.reason === 'busy')
    return show(services, ctx, sent, wanted, { key: 'not_possible' }, sent.fields)
  if (outcome.reason !== 'precondition_failed')
    return show(services, ctx, sent, wanted, { key: `policy_${outcome.reason}` }, sent.fields)
  // On what is there now: whoever saves it again has read that they weren't the first.
  await show(
    services,
    ctx,
    sent,
    wanted,
    { key: 'policy_stale' },
    { ...sent.fields, version: undefined },
    true,
  )
}

async function readWanted(services: Services, fields: Fields): Promise<PolicySettings> {
  const before = settingsOf(await defaultPolicyOf(services), services.kinds)
  const proofing = services.proofing !== undefined
  return readPolicy(fields, before, { offered: services.kinds, proofing, superAdmins: 2 })
}

/** @param beside whether what holds now is said beside what was filled in. */
async function show(
  services: Services,
  ctx: Context,
  { session, account }: Operator,
  settings: PolicySettings,
  message?: PageMessage,
  fields: Fields = {},
  beside = false,
): Promise<void> {
  const policy = await defaultPolicyOf(services)
  const page = services.views.page('policy', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    defaults: true,
    back: '/operator',
    admin: account.name,
    organization: '',
    version: fields.version ?? policyVersion(policy),
    settings,
    now: beside ? settingsOf(policy, services.kinds) : undefined,
    typed: {
      trustedDeviceDays: fields.trustedDeviceDays ?? String(settings.trustedDeviceDays),
      holdAfterApprovalHours: fields.holdAfterApprovalHours ?? String(settings.holdAfterApprovalHours),
      supportHoldHours: fields.supportHoldHours ?? String(settings.supportHoldHours),
    },
    kinds: services.kinds,
    proofing: services.proofing !== undefined,
    askSure: false,
  })
  showPage(ctx, page)
}
