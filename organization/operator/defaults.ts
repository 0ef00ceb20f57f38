import type { Done } from '../../account/use-cases.ts'
import type { OrganizationPolicy } from '../../rules/organization.ts'
import { faultOf, type PolicyFault, type PolicySettings } from '../../rules/policy-change.ts'
import { inTurn } from '../turn.ts'
import { type By, type Deeds, promise } from './deeds.ts'

const setting = 'policy-defaults'

/** What an organization begins with. */
export async function defaultPolicyOf({ store }: Pick<Deeds, 'store'>): Promise<OrganizationPolicy> {
  const found = await store.settings.get(setting)
  return found === undefined ? {} : JSON.parse(found.value)
}

/**
 * Sets what new organizations begin with; those that are there stay as they are. Of two who change it, the second waits.
 *
 * @param seen whether what is there while nobody else changes it is what the change is made for.
 */
export async function setDefaultPolicy(
  services: Deeds,
  by: By,
  wanted: PolicySettings,
  proofing: boolean,
  seen: (current: OrganizationPolicy) => boolean,
): Promise<Done<PolicyFault | 'busy' | 'precondition_failed'>> {
  const facts = { offered: services.kinds, proofing, superAdmins: 2 }
  const fault = faultOf(wanted, facts)
  if (fault !== undefined) return { ok: false, reason: fault }
  const { methods, ...rest } = wanted
  const all = services.kinds.every((kind) => methods.includes(kind))
  const value = JSON.stringify({ ...rest, methods: all ? undefined : methods })
  const outcome = await inTurn(services, [setting], async () => {
    if (!seen(await defaultPolicyOf(services))) return 'precondition_failed'
    await promise(services, by, 'setting.changed', { setting }, () => ({
      kind: 'keep_setting',
      setting,
      value,
    }))
    return 'kept'
  })
  return outcome === 'kept' ? { ok: true } : { ok: false, reason: outcome }
}
