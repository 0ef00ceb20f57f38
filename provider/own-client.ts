import type { KeyRing } from '../adapters/secrets/key-ring.ts'

/** Our own pages are a relying app like any other. */
export const consoleClientId = 'rekey-console'

export function consoleCallback(issuer: string): string {
  return `${issuer}/console/callback`
}

export const consoleSecret = (ring: KeyRing): string => ring.mac('console-client')

/** The registration of our own pages at the provider. */
export function consoleClient(issuer: string, brand: string, ring: KeyRing) {
  return {
    client_id: consoleClientId,
    client_secret: consoleSecret(ring),
    client_name: brand,
    redirect_uris: [consoleCallback(issuer)],
    response_types: ['code' as const],
    grant_types: ['authorization_code'],
  }
}
