import type { PolicySettings } from '../rules/policy-change.ts'
import type { Texts } from './i18n.ts'

/** In the order of the page that sets them. */
const settings: readonly (keyof PolicySettings)[] = [
  'requireSecondFactor',
  'methods',
  'trustedDeviceDays',
  'trustedDevicesForAdmins',
  'routesOff',
  'preferIdentity',
  'approvals',
  'nameSuperAdmins',
  'scimSuperAdmins',
  'holdAfterApprovalHours',
  'supportHoldHours',
  'afterReset',
  'roleApprovals',
]

/** What changed in a policy, for a mail: each setting with what was and what is. */
export function policyFacts(
  changes: { readonly [name: string]: unknown },
  t: Texts,
): [label: string, value: string][] {
  return settings.flatMap((setting) => {
    const [from, to] = [changes[`${setting}.from`], changes[`${setting}.to`]]
    if (from === undefined || to === undefined) return []
    const said = `${worded(setting, String(from), t)} → ${worded(setting, String(to), t)}`
    return [[t(`policy.${setting}`), said] as [string, string]]
  })
}

function worded(setting: keyof PolicySettings, value: string, t: Texts): string {
  if (value === '') return t('policy.none')
  if (value === 'true' || value === 'false') return t(value === 'true' ? 'policy.yes' : 'policy.no')
  if (setting === 'afterReset') return t(`policy.after.${value}`)
  if (setting !== 'methods' && setting !== 'routesOff') return value
  const one = setting === 'methods' ? 'factors.kind' : 'policy.route'
  return value
    .split(',')
    .map((name) => t(`${one}.${name}`))
    .join(t('join.words'))
}
