import type { ClientAuthMethod } from '../../openid-client.ts'
import type { Endpoints, PresetName } from './settings.ts'

export interface Preset {
  issuer?: string
  endpoints?: Endpoints
  clientAuth: ClientAuthMethod
  scopes: string
}

/** What every provider on the contract asks for (Okta "Integrate Okta with identity verification vendors"). */
const contract = { clientAuth: 'client_secret_post', scopes: 'openid profile identity_assurance' } as const

/**
 * What each provider has published. Persona and CLEAR show the addresses of a tenant only in their consoles, so theirs
 * have to be set; docs/identity-verification.md says where everything is from.
 */
export const presets: { readonly [name in PresetName]: Preset } = {
  nametag: {
    ...contract,
    issuer: 'https://nametag.co',
    endpoints: {
      par: 'https://nametag.co/oauth2/par',
      authorization: 'https://nametag.co/oauth2/authorize',
      token: 'https://nametag.co/oauth2/token',
      jwks: 'https://nametag.co/.well-known/jwks',
    },
  },
  persona: contract,
  clear: contract,
  // Discovery tells the rest: {issuer}/par, /authorize, /token, /jwks.
  didit: { ...contract, issuer: 'https://apx.didit.me/auth/idv' },
  custom: contract,
}
