import { z } from 'zod'

const address = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => /^https:|^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(`${text}/`),
    'https, but for localhost',
  )

const path = z.string().regex(/^[\w-]+(\.[\w-]+)*$/, 'names of members with dots between them')

const needsAddress = ['persona', 'clear', 'custom']

/** The `proofing` section of the configuration: a provider that speaks the contract of docs/identity-verification.md. */
export const proofingSchema = z
  .strictObject({
    preset: z
      .enum(['nametag', 'persona', 'clear', 'didit', 'custom'])
      .default('custom')
      .describe('What the provider has published is filled in; everything else stays to be set.'),
    issuer: address.optional().describe('Needed for `persona`, `clear` and `custom`.'),
    endpoints: z
      .strictObject({ par: address.optional(), authorization: address, token: address, jwks: address })
      .optional()
      .describe('Where the provider has no discovery document.'),
    clientId: z.string().min(1),
    clientAuth: z
      .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt'])
      .optional()
      .describe('How we authenticate at the provider; `client_secret_post` if left out.'),
    clientSecret: z.string().min(1).optional(),
    privateKey: z
      .looseObject({ kty: z.string(), alg: z.string() })
      .optional()
      .describe(
        'A private JWK with `alg`, and `kid` where the provider knows several, for `private_key_jwt`.',
      ),
    scopes: z
      .string()
      .optional()
      .describe(
        '`openid profile identity_assurance` if left out. Some providers choose a workflow by a further one.',
      ),
    matching: z
      .enum(['send', 'compare'])
      .default('send')
      .describe(
        'Whether the provider is sent name and birth date and compares them, or tells those of the document, which are compared here.',
      ),
    trustFrameworks: z
      .array(z.string().min(1))
      .min(1)
      .default(['IDV-DELEGATED'])
      .describe('Values of `trust_framework` that count.'),
    assuranceLevels: z
      .array(z.string().min(1))
      .min(1)
      .default(['VERIFIED'])
      .describe('Values of `assurance_level` that mean success.'),
    signingAlg: z
      .string()
      .regex(/^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/)
      .optional()
      .describe('The algorithm of ID tokens; what the discovery document lists, or RS256.'),
    maxEvidenceAgeMinutes: z
      .int()
      .min(1)
      .max(60 * 24 * 365)
      .default(60)
      .describe('How long ago the document may have been checked.'),
    minutes: z.int().min(10).max(240).default(30).describe('How long a person may take at the provider.'),
    webhook: z
      .strictObject({
        authorization: z
          .string()
          .min(16)
          .optional()
          .describe('The exact value of the Authorization header that the provider was told to send.'),
        secret: z.string().min(16).optional().describe('Key of an HMAC-SHA-256 over the body.'),
        signatureHeader: z
          .string()
          .default('x-signature')
          .describe('The header with the HMAC, hexadecimal or base64.'),
        state: path.default('state').describe('Where the body repeats the `state` of our request.'),
        subject: path.default('sub'),
        verifiedClaims: path.default('verified_claims'),
        error: path.default('error').describe('There when the person gave up, or the provider did.'),
        reference: path.default('id'),
      })
      .refine((webhook) => webhook.authorization !== undefined || webhook.secret !== undefined, {
        error: 'authorization or secret: needed, as nobody else may report',
      })
      .optional()
      .describe('For a provider that also reports by webhook, to `/recovery/identity/webhook`.'),
  })
  .refine((proofing) => proofing.issuer !== undefined || !needsAddress.includes(proofing.preset), {
    path: ['issuer'],
    error: 'needed for this preset',
  })
  .refine(
    ({ clientAuth, clientSecret, privateKey }) =>
      clientAuth === 'private_key_jwt' ? privateKey !== undefined : clientSecret !== undefined,
    { path: ['clientAuth'], error: 'needs clientSecret, or privateKey for private_key_jwt' },
  )
  .refine((proofing) => !(proofing.matching === 'send' && proofing.endpoints && !proofing.endpoints.par), {
    path: ['endpoints', 'par'],
    error: 'needed to send names and birth dates: they have no place in an address',
  })
