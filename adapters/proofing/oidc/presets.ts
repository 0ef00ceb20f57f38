import type { Endpoints, PresetName } from './settings.ts'

export interface Preset {
  issuer?: string
  endpoints?: Endpoints
  scopes: string
}

/** What every provider on the contract asks for (Okta "Integrate Okta with identity verification vendors"). */
const contract = { scopes: 'openid profile identity_assurance' }

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
