import type { Account } from './account.ts'
import type { ActionName, ActionStatus, Attempt } from './attempt.ts'
import type { RecoveryCase } from './recovery-case.ts'

export const actionNames: readonly ActionName[] = [
  'enrol',
  'manage_factors',
  'backup_codes',
  'reset_authenticator',
  'recovery_status',
]

/** Keycloak's names for the same things. */
const keycloakNames: { readonly [name: string]: ActionName } = {
  CONFIGURE_TOTP: 'enrol',
  CONFIGURE_RECOVERY_AUTHN_CODES: 'backup_codes',
  delete_credential: 'manage_factors',
}

export interface ActionParameters {
  action?: unknown
  kc_action?: unknown
}

/** The action of a request: `action`, or Keycloak's `kc_action`. An unknown one is 'unknown'. */
export function readAction({ action, kc_action }: ActionParameters): ActionName | 'unknown' | undefined {
  if (typeof action === 'string') {
    // `enrol:totp` names the method; there is one to enrol.
    const name = action === 'enrol:totp' ? 'enrol' : action
    return actionNames.find((one) => one === name) ?? 'unknown'
  }
  if (typeof kc_action === 'string') return keycloakNames[kc_action.split(':')[0]!] ?? 'unknown'
  return undefined
}

export type ActionStep =
  | { step: 'enrol'; canSkip: true }
  | { step: 'backup_codes' }
  | { step: 'factors' }
  | { step: 'open_case' }
  | { step: 'no_case' }
  | { step: 'action_done'; status: ActionStatus }

/** What an action does next, for someone who has just signed in. */
export function nextAction(
  attempt: Attempt,
  action: ActionName,
  account: Account,
  openCase: RecoveryCase | undefined,
): ActionStep {
  if (attempt.codes !== undefined) return { step: 'backup_codes' }
  if (attempt.actionStatus !== undefined) return { step: 'action_done', status: attempt.actionStatus }
  switch (action) {
    case 'enrol':
      return { step: 'enrol', canSkip: true }
    case 'backup_codes':
      // Codes stand in for a second factor, so there must be one.
      return account.factors.length > 0 ? { step: 'backup_codes' } : { step: 'enrol', canSkip: true }
    case 'manage_factors':
      return { step: 'factors' }
    case 'reset_authenticator':
      return { step: 'enrol', canSkip: true }
    case 'recovery_status':
      return openCase !== undefined && attempt.keptCase !== openCase.id
        ? { step: 'open_case' }
        : { step: 'no_case' }
  }
}

/** Whether a reset, or a factor that was bound since the person signed in, has already done what was asked. */
export function isResetDone(account: Account, signedInAt: number): boolean {
  return account.factorsChangedAt !== undefined && account.factorsChangedAt >= signedInAt
}
