/** What both servers and the load generator agree on. */

export const redirectUri = 'http://127.0.0.1/callback'

const common = {
  redirect_uris: [redirectUri],
  response_types: ['code' as const],
  grant_types: ['authorization_code', 'refresh_token'],
  id_token_signed_response_alg: 'ES256' as const,
}

/** A web application, which may introspect, and an application in the browser, whose refresh tokens always rotate. */
export const clients = [
  { client_id: 'web', client_secret: 'a secret of the measurements', ...common },
  { client_id: 'spa', token_endpoint_auth_method: 'none' as const, ...common },
]

export const basic = `Basic ${Buffer.from('web:a%20secret%20of%20the%20measurements').toString('base64')}`

/** RFC 7636, appendix B. */
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

export const password = 'quiet-harbour-at-dawn'
/** Everyone's authenticator. */
export const totpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
/** Each time step of an authenticator counts once, so people take turns. */
export const people = 12_000

export const emailOf = (person: number): string => `person${person}@people.example`
