import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { readAction } from '../rules/action.ts'

type Validator = (
  ctx: KoaContextWithOIDC,
  value: string | undefined,
  client: { [metadata: string]: unknown },
) => void

/** Refuses an action that nobody knows, or that the client's metadata `actions` doesn't list. */
const checked =
  (parameter: 'action' | 'kc_action'): Validator =>
  (_ctx, value, client) => {
    if (value === undefined) return
    const action = readAction({ [parameter]: value })
    if (action === 'unknown') throw new errors.InvalidRequest(`unknown ${parameter}`)
    // The operator's own apps may ask for all; others for what is listed.
    const allowed = client.actions ?? (client.require_consent === true ? [] : undefined)
    if (Array.isArray(allowed) && !allowed.includes(action)) {
      throw new errors.InvalidRequest(`${parameter} is not allowed for this client`)
    }
  }

/** Parameters by which an app sends a person to do one thing: `action`, and Keycloak's `kc_action`. */
export const actionParameters = {
  action: checked('action'),
  kc_action: checked('kc_action'),
} as NonNullable<Configuration['extraParams']>

/**
 * Adds to a successful response how the action ended. It is a hint: what really happened is in the tokens, as the
 * response isn't signed.
 */
export function addActionStatus(
  ctx: KoaContextWithOIDC,
  out: { [parameter: string]: unknown } | undefined,
): void {
  const result = ctx.oidc.result as { action?: { status: string } } | undefined
  if (out === undefined || result?.action === undefined) return
  const { status } = result.action
  out.action_status = status
  if (ctx.oidc.params?.kc_action === undefined) return
  out.kc_action_status = status
  out.kc_action = ctx.oidc.params.kc_action
}
