import { z } from 'zod'

const address = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => /^https:|^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(`${text}/`),
    'https, but for localhost',
  )

const domain = z
  .string()
  .regex(/^[^\s@/]+\.[^\s@/]+$/, 'a domain: example.com')
  .transform((text) => text.toLowerCase())

const upstream = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .describe('Part of its callback: `/upstream/{id}` below the issuer.'),
    name: z.string().min(1).max(60).describe('What people know it by.'),
    issuer: address.describe('Its discovery document is read from there.'),
    clientId: z.string().min(1).describe('What it knows Rekey by.'),
    clientAuth: z
      .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt'])
      .default('client_secret_basic')
      .describe('How Rekey proves to it who it is.'),
    clientSecret: z.string().min(1).optional().describe('For both of `client_secret_…`.'),
    privateKey: z
      .looseObject({
        kty: z.string().describe('The type of the key: `RSA`, `EC` …'),
        alg: z.string().describe('What it signs with: `RS256`, `ES256` …'),
      })
      .optional()
      .describe('A private JWK with `alg`, for `private_key_jwt`.'),
    scope: z.string().default('openid email').describe('What it is asked for.'),
    domains: z
      .array(domain)
      .default([])
      .describe('Whoever signs in with an address there does so at this provider, and nowhere else.'),
    organizations: z
      .array(z.string().min(1))
      .default([])
      .describe('Members of these organizations (by id) do so too, whatever their address.'),
    secondFactor: z
      .strictObject({
        acr: z.array(z.string().min(1)).default([]).describe('Any one of these is enough.'),
        amr: z.array(z.string().min(1)).default([]).describe('Any one of these is enough.'),
      })
      .default({ acr: [], amr: [] })
      .describe(
        'Values of its `acr` and `amr` that count as a second factor here. None if left out: people prove one to Rekey.',
      ),
    signingAlg: z
      .string()
      .regex(/^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/)
      .optional()
      .describe('The algorithm of its ID tokens; what its discovery document lists, or RS256.'),
  })
  .refine(
    ({ clientAuth, clientSecret, privateKey }) =>
      clientAuth === 'private_key_jwt' ? privateKey !== undefined : clientSecret !== undefined,
    { path: ['clientAuth'], error: 'needs clientSecret, or privateKey for private_key_jwt' },
  )
  .refine(({ domains, organizations }) => domains.length + organizations.length > 0, {
    path: ['domains'],
    error: 'needed, or organizations',
  })

const once = (all: string[]): boolean => new Set(all).size === all.length

/** OpenID providers of organizations. */
export const upstreamsSchema = z
  .array(upstream)
  .refine((all) => once(all.map(({ id }) => id)), 'every one needs an id of its own')
  .refine((all) => once(all.flatMap(({ domains }) => domains)), 'a domain belongs to one of them')
  .refine(
    (all) => once(all.flatMap(({ organizations }) => organizations)),
    'an organization belongs to one of them',
  )

export type UpstreamSettings = z.output<typeof upstreamsSchema>[number]
