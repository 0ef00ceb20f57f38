import { hash } from 'node:crypto'
import type { RecoveryRoute } from './account.ts'
import { defined } from './defined.ts'
import { type Effect, withEffects } from './effect.ts'
import type { FactorKind } from './factor.ts'
import type { Organization, OrganizationPolicy } from './organization.ts'
import { told } from './told.ts'

/** A policy in which everything is said, as the form of the administration shows it and sends it. */
export type PolicySettings = Required<OrganizationPolicy>

/** What a policy is judged by. */
export interface PolicyFacts {
  /** The kinds of second factors that the installation offers. */
  offered: readonly FactorKind[]
  /** Whether the operator has connected a provider of identity verification. */
  proofing: boolean
  /** Super admins of the organization who can act. */
  superAdmins: number
}

export type PolicyFault =
  | 'no_method'
  /** No way to a reset would be left. */
  | 'no_route'
  /** Super admins are the only way, and they are fewer than must approve. */
  | 'too_few_super_admins'
  /** A photo ID can't come first where it is switched off. */
  | 'identity_off'
  | 'trust_days'
  | 'approval_hold'
  | 'support_hold'

/** Least and most: days, hours, hours. */
export const policyLimits = {
  trustedDeviceDays: [0, 90],
  holdAfterApprovalHours: [0, 720],
  supportHoldHours: [48, 72],
} as const

const routes: readonly RecoveryRoute[] = ['admin', 'identity', 'support']

/** What holds where the policy says nothing. */
export function settingsOf(policy: OrganizationPolicy, offered: readonly FactorKind[]): PolicySettings {
  return {
    requireSecondFactor: policy.requireSecondFactor ?? false,
    methods: offered.filter((kind) => policy.methods?.includes(kind) ?? true),
    trustedDeviceDays: policy.trustedDeviceDays ?? 30,
    trustedDevicesForAdmins: policy.trustedDevicesForAdmins ?? false,
    routesOff: routes.filter((route) => policy.routesOff?.includes(route)),
    preferIdentity: policy.preferIdentity ?? false,
    approvals: policy.approvals ?? 1,
    nameSuperAdmins: policy.nameSuperAdmins ?? true,
    holdAfterApprovalHours: policy.holdAfterApprovalHours ?? 0,
    supportHoldHours: policy.supportHoldHours ?? 48,
    afterReset: policy.afterReset ?? 'password',
    roleApprovals: policy.roleApprovals ?? 1,
    scimSuperAdmins: policy.scimSuperAdmins ?? false,
  }
}

/** Reads the form. What it doesn't show, as the installation doesn't offer it, stays as it is; what is no number is NaN. */
export function readPolicy(
  fields: { readonly [name: string]: string | undefined },
  before: PolicySettings,
  { offered, proofing }: PolicyFacts,
): PolicySettings {
  const checked = (name: string) => fields[name] === 'yes'
  const isOff = (route: RecoveryRoute) =>
    route === 'identity' && !proofing ? before.routesOff.includes(route) : !checked(`route_${route}`)
  return {
    requireSecondFactor: checked('requireSecondFactor'),
    methods: offered.length > 1 ? offered.filter((kind) => checked(`method_${kind}`)) : before.methods,
    trustedDeviceDays: wholeNumber(fields.trustedDeviceDays),
    trustedDevicesForAdmins: checked('trustedDevicesForAdmins'),
    routesOff: routes.filter(isOff),
    preferIdentity: proofing ? checked('preferIdentity') : before.preferIdentity,
    approvals: fields.approvals === '2' ? 2 : 1,
    nameSuperAdmins: checked('nameSuperAdmins'),
    holdAfterApprovalHours: wholeNumber(fields.holdAfterApprovalHours),
    supportHoldHours: wholeNumber(fields.supportHoldHours),
    afterReset: fields.afterReset === 'password_and_mail' ? 'password_and_mail' : 'password',
    roleApprovals: fields.roleApprovals === '2' ? 2 : 1,
    scimSuperAdmins: checked('scimSuperAdmins'),
  }
}

/** Digits of any width: Japanese keyboards have two. */
function wholeNumber(text = ''): number {
  const plain = text.normalize('NFKC').trim()
  return /^\d{1,4}$/.test(plain) ? Number(plain) : Number.NaN
}

/** Why a policy can't be: it makes no sense, or nobody could ever be helped. */
export function faultOf(settings: PolicySettings, facts: PolicyFacts): PolicyFault | undefined {
  const usable = usableRoutes(settings, facts)
  if (settings.methods.length === 0) return 'no_method'
  if (!isWithin(settings, 'trustedDeviceDays')) return 'trust_days'
  if (usable.length === 0) return 'no_route'
  if (settings.preferIdentity && settings.routesOff.includes('identity')) return 'identity_off'
  if (onlySuperAdmins(usable) && facts.superAdmins < settings.approvals) return 'too_few_super_admins'
  if (!isWithin(settings, 'holdAfterApprovalHours')) return 'approval_hold'
  return isWithin(settings, 'supportHoldHours') ? undefined : 'support_hold'
}

/**
 * Whether super admins who lose their own phone could not be helped: the only way is other super admins, and there
 * aren't enough. The super admin has to confirm that.
 */
export function locksSuperAdminsOut(settings: PolicySettings, facts: PolicyFacts): boolean {
  return onlySuperAdmins(usableRoutes(settings, facts)) && facts.superAdmins - 1 < settings.approvals
}

function usableRoutes({ routesOff }: PolicySettings, { proofing }: PolicyFacts): RecoveryRoute[] {
  return routes.filter((route) => !routesOff.includes(route) && (route !== 'identity' || proofing))
}

const onlySuperAdmins = (usable: RecoveryRoute[]): boolean => usable.every((route) => route === 'admin')

function isWithin(settings: PolicySettings, name: keyof typeof policyLimits): boolean {
  const [least, most] = policyLimits[name]
  return settings[name] >= least && settings[name] <= most
}

/** Names what a form was filled in for: two people who change the policy at once must not undo each other's change. */
export function policyVersion(policy: OrganizationPolicy): string {
  const said = Object.entries(policy).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return hash('sha256', JSON.stringify(said), 'base64url').slice(0, 22)
}

/** By whom and when; `id` makes the effects recognizable. */
export interface PolicyChangeBy {
  id: string
  by: { id: string; name: string; email: string }
  at: number
}

export type PolicyChange =
  | { outcome: 'changed'; organization: Organization }
  | { outcome: 'unchanged' }
  /** The policy isn't any more what the form was filled in for. */
  | { outcome: 'stale' }

/** Sets the policy; the log and the other super admins hear what was and what is. */
export function changePolicy(
  organization: Organization,
  wanted: PolicySettings,
  version: string,
  offered: readonly FactorKind[],
  change: PolicyChangeBy,
): PolicyChange {
  const differences = differencesOf(settingsOf(organization.policy, offered), wanted)
  if (Object.keys(differences).length === 0) return { outcome: 'unchanged' }
  if (policyVersion(organization.policy) !== version) return { outcome: 'stale' }
  const { methods, ...rest } = wanted
  // With all of them allowed, a kind that is offered one day is as well.
  const all = offered.every((kind) => methods.includes(kind))
  const policy = defined({ ...organization.policy, ...rest, methods: all ? undefined : methods })
  const effects = effectsOf(organization, differences, change)
  return {
    outcome: 'changed',
    organization: withEffects({ ...organization, policy, effects: organization.effects ?? [] }, effects),
  }
}

/** What was and what is, as text: `${setting}.from` and `${setting}.to`. */
function differencesOf(before: PolicySettings, after: PolicySettings): { [name: string]: string } {
  const settings = Object.keys(after) as (keyof PolicySettings)[]
  return Object.fromEntries(
    settings.flatMap((setting) => {
      const [from, to] = [String(before[setting]), String(after[setting])]
      return from === to ? [] : [[`${setting}.from`, from] as const, [`${setting}.to`, to] as const]
    }),
  )
}

function effectsOf(
  { id: organization, name }: Organization,
  differences: { [name: string]: string },
  { id, by, at }: PolicyChangeBy,
): Effect[] {
  return [
    ...told(
      { subject: organization, actor: by.id },
      { id, event: 'policy.changed', detail: { organization, ...differences } },
    ),
    {
      kind: 'tell_super_admins',
      id: `${id}:notice`,
      organization,
      except: by.id,
      name: 'policy_changed',
      data: { at, organization: name, subjectName: by.name, subjectEmail: by.email, ...differences },
    },
  ]
}
