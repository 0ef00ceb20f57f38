import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Logger } from 'pino'

/** What an app is told is wrong, by the endpoint that told it. */
const events = [
  'authorization.error',
  'grant.error',
  'pushed_authorization_request.error',
  'device_authorization.error',
  'introspection.error',
  'revocation.error',
  'userinfo.error',
  'registration_create.error',
  'registration_update.error',
  'end_session.error',
] as const

interface Refused extends Error {
  error?: string
  error_description?: string
  error_detail?: string
}

/** Says in the log why an app was refused, with more than it is told itself: what its developers ask the operator for. */
export function logAppErrors(provider: Provider, log: Logger): void {
  for (const event of events) {
    provider.on(event as 'grant.error', (ctx: KoaContextWithOIDC, error: Refused) => {
      const { error: name, error_description: description, error_detail: detail } = error
      // A silent request that finds nobody signed in is an answer, and no fault.
      if (silent.has(String(name))) return
      log.info(
        { at: event, client: ctx.oidc.client?.clientId, error: name, description, detail },
        'an app was refused',
      )
    })
  }
}

const silent = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'authorization_pending',
])
