import { Provider } from 'oidc-provider'
import { addActionStatus } from './actions.ts'
import { createConfiguration, type ProviderOptions } from './configuration.ts'
import { endSession } from './session-adapter.ts'

/** The OpenID provider: a Koa application of its own, mounted whole. */
export function createProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.issuer, createConfiguration(options))
  // The library destroys a session's cookie value on rotation too; only this event says that the session itself ended.
  provider.on('session.destroyed', (session) => {
    endSession(options.store, session.uid, 'signed out').catch((error) =>
      provider.emit('server_error', undefined as never, error),
    )
  })
  provider.on('authorization.success', addActionStatus as never)
  return provider
}
