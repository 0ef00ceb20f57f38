import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * The WebAuthn library, loaded when the first passkey is made or used: at the start it would take a good part of the time
 * and 25 MB, and most processes that start, such as commands, never need it.
 */
export const webauthn = () => require('@simplewebauthn/server') as typeof import('@simplewebauthn/server')

export const webauthnHelpers = () =>
  require('@simplewebauthn/server/helpers') as typeof import('@simplewebauthn/server/helpers')
