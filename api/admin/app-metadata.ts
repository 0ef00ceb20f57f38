import { z } from 'zod'
import { isApiScope } from '../../rules/api-scopes.ts'
import { signingAlgorithms } from '../../rules/signing-keys.ts'
import { plainText } from './reach.ts'

const uri = z.url().max(2_000)
const uris = z.array(uri).max(50)
const webUri = z.url({ protocol: /^https?$/ }).max(2_000)
const httpsUri = z.url({ protocol: /^https$/ }).max(2_000)
const signed = z.enum(signingAlgorithms)

const jwk = z
  .looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']) })
  .refine((key) => !['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].some((part) => part in key), 'a public key alone')

/**
 * What a program may say of an app. Nothing that ties it to the API, or lets it do without the people's consent: a right
 * over apps would be one over people. And no secret: such an app proves itself by a key of its own, or is public.
 */
export const appMetadata = z.strictObject({
  client_name: plainText(100),
  application_type: z.enum(['web', 'native']).optional(),
  redirect_uris: uris.min(1),
  post_logout_redirect_uris: uris.optional(),
  initiate_login_uri: httpsUri.optional(),
  client_uri: webUri.optional(),
  logo_uri: webUri.optional(),
  policy_uri: webUri.optional(),
  tos_uri: webUri.optional(),
  contacts: z.array(z.email().max(254)).max(20).optional(),
  backchannel_logout_uri: webUri.optional(),
  backchannel_logout_session_required: z.boolean().optional(),
  logout_within_days: z.int().min(0).max(365).optional(),
  grant_types: z.array(z.enum(['authorization_code', 'refresh_token'])).default(['authorization_code']),
  token_endpoint_auth_method: z.enum(['none', 'private_key_jwt']).default('none'),
  jwks: z.strictObject({ keys: z.array(jwk).min(1).max(20) }).optional(),
  jwks_uri: webUri.optional(),
  scope: z
    .string()
    .max(500)
    .refine((scope) => !scope.split(' ').some(isApiScope), 'no scope of the API')
    .default('openid profile email'),
  id_token_signed_response_alg: signed.optional(),
  userinfo_signed_response_alg: signed.optional().describe('Userinfo is a JWT then, and JSON if left out.'),
  id_token_claims: z.boolean().optional(),
  subject_type: z.enum(['public', 'pairwise']).optional(),
  sector_identifier_uri: httpsUri.optional(),
  default_max_age: z.int().min(0).max(31_536_000).optional().describe('Seconds.'),
  require_auth_time: z.boolean().optional(),
  default_acr_values: z.array(z.string().min(1).max(200)).max(10).optional(),
  require_pkce: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  require_signed_request_object: z.boolean().optional(),
  request_uris: z.array(webUri).max(20).optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
})

type Member = keyof typeof appMetadata.shape

/** A change says all that there is: what it leaves out is taken away. */
export const whole = (body: z.output<typeof appMetadata>): { [member in Member]?: unknown } => ({
  ...Object.fromEntries(Object.keys(appMetadata.shape).map((member) => [member, undefined])),
  ...body,
})

const [text, texts, yes, number] = [z.string(), z.array(z.string()), z.boolean(), z.int()]

/** As it is shown: an app of the settings may say more than one that a program registers. */
export const shownMembers = {
  application_type: text,
  redirect_uris: texts,
  post_logout_redirect_uris: texts,
  initiate_login_uri: text,
  client_uri: text,
  logo_uri: text,
  policy_uri: text,
  tos_uri: text,
  contacts: texts,
  backchannel_logout_uri: text,
  backchannel_logout_session_required: yes,
  logout_within_days: number,
  grant_types: texts,
  token_endpoint_auth_method: text,
  jwks: z.object({ keys: z.array(jwk) }),
  jwks_uri: text,
  scope: text,
  id_token_signed_response_alg: text,
  userinfo_signed_response_alg: text,
  id_token_claims: yes,
  subject_type: text,
  sector_identifier_uri: text,
  default_max_age: number,
  require_auth_time: yes,
  default_acr_values: texts,
  require_pkce: yes,
  require_pushed_authorization_requests: yes,
  require_signed_request_object: yes,
  request_uris: texts,
  dpop_bound_access_tokens: yes,
} satisfies { [member in Exclude<Member, 'client_name'>]: z.ZodType }

/** What of an app's metadata is of the kind it should be. */
export const membersOf = (metadata: { [member: string]: unknown }) =>
  z
    .object(shownMembers)
    .partial()
    .parse(
      Object.fromEntries(
        Object.entries(shownMembers)
          .map(([member, schema]) => [member, schema.safeParse(metadata[member]).data])
          .filter(([, value]) => value !== undefined),
      ),
    )
