import type { Provider } from 'oidc-provider'
import type { Store } from '../adapters/store/store.ts'
import { addActionStatus } from './actions.ts'
import { endSession } from './session-adapter.ts'

/** What is to be known of what the library does by itself. */
export function hearLibrary(provider: Provider, store: Store): void {
  // The library destroys a session's cookie value on rotation too; only this event says that the session itself ended.
  provider.on('session.destroyed', (session) => {
    endSession(store, session.uid, 'signed out').catch((error) =>
      provider.emit('server_error', undefined as never, error),
    )
  })
  provider.on('authorization.success', addActionStatus as never)
}
