import type { Protection } from './account.ts'
import type { ActionName, ActionStatus, Attempt } from './attempt.ts'
import { type EnrolStep, enrolStep } from './enrolment.ts'
import type { FactorKind } from './factor.ts'
import { enrolKinds, kindsOfFactors } from './kinds.ts'
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
  CONFIGURE_RECOVERY_AUTHN_CODES: 'backup_codes',
  delete_credential: 'manage_factors',
}

const keycloakKind = (name: string): FactorKind | undefined =>
  enrolKinds.find((kind) => kindsOfFactors[kind].keycloakActions?.includes(name))

export interface ActionParameters {
  action?: unknown
  kc_action?: unknown
}

/** The action of a request: `action`, or Keycloak's `kc_action`. An unknown one is 'unknown'. */
export function readAction(parameters: ActionParameters): ActionName | 'unknown' | undefined {
  const { action, kc_action } = parameters
  if (typeof action === 'string') {
    const [name, method] = action.split(':')
    if (method !== undefined && methodOf(parameters) === undefined) return 'unknown'
    return actionNames.find((one) => one === name) ?? 'unknown'
  }
  if (typeof kc_action === 'string') {
    const [name = ''] = kc_action.split(':')
    return keycloakKind(name) === undefined ? (keycloakNames[name] ?? 'unknown') : 'enrol'
  }
  return undefined
}

/** The kind of factor that a request to enrol names: `enrol:passkey`, or Keycloak's name for one. */
export function methodOf({ action, kc_action }: ActionParameters): FactorKind | undefined {
  if (typeof action === 'string') {
    const [name, method] = action.split(':')
    return name === 'enrol' ? enrolKinds.find((kind) => kind === method) : undefined
  }
  return typeof kc_action === 'string' ? keycloakKind(kc_action) : undefined
}

export type ActionStep =
  | EnrolStep
  | { step: 'backup_codes' }
  | { step: 'factors' }
  | { step: 'open_case' }
  | { step: 'no_case' }
  | { step: 'action_done'; status: ActionStatus }

/** What decides how an action goes on. */
export interface ActionSituation {
  attempt: Attempt
  account?: Protection
  openCase?: RecoveryCase
  /** The kinds of factors that can be set up here. */
  kinds: FactorKind[]
}

/** What an action does next, for someone who has just signed in. */
export function nextAction(
  { attempt, account, openCase, kinds }: ActionSituation,
  action: ActionName,
): ActionStep {
  if (attempt.codes !== undefined) return { step: 'backup_codes' }
  if (attempt.actionStatus !== undefined) return { step: 'action_done', status: attempt.actionStatus }
  const enrol = enrolStep(kinds.find((kind) => kind === attempt.enrolling) ?? kinds[0] ?? 'totp', true)
  switch (action) {
    case 'enrol':
    case 'reset_authenticator':
      return enrol
    case 'backup_codes':
      // Codes stand in for a second factor, so there must be one.
      return account !== undefined && account.factors.length > 0 ? { step: 'backup_codes' } : enrol
    case 'manage_factors':
      return { step: 'factors' }
    case 'recovery_status':
      return openCase !== undefined && attempt.keptCase !== openCase.id
        ? { step: 'open_case' }
        : { step: 'no_case' }
  }
}

/** Whether a reset, or a factor that was bound since the person signed in, has already done what was asked. */
export function isResetDone(account: Protection, signedInAt: number): boolean {
  return account.factorsChangedAt !== undefined && account.factorsChangedAt >= signedInAt
}
