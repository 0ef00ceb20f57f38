/** Who a route is for. Everybody else gets nothing of it, and changes nothing by it. */
export type Audience =
  /** Whoever comes: nothing of anybody's is there. */
  | 'anyone'
  /** The browser that began the sign-in. */
  | 'interaction'
  /** Whoever has the link that was mailed. */
  | 'link'
  /** A person, for what is their own. */
  | 'owner'
  /** The same, who is led to a sign-in whatever was proven before. */
  | 'owner_again'
  /** A super admin of the organization in the path. */
  | 'super_admin'
  /** A super admin of any organization. */
  | 'any_super_admin'
  | 'agent'
  | 'operator'
  /** A program with a token of its own. */
  | 'program'
  /** A phone with a key of its own. */
  | 'phone'

const forEach = (audience: Audience, ...routes: string[]): { [route: string]: Audience } =>
  Object.fromEntries(routes.map((route) => [route, audience]))

/** Every route there is. One that is missing here fails the test: say whom it is for. */
export const audiences: { readonly [route: string]: Audience } = {
  ...forEach(
    'anyone',
    'GET /',
    'GET /favicon.ico',
    'GET /healthz',
    'GET /assets/:name',
    'GET /console/callback',
    'GET /console/switch',
    'GET /console/signed-out',
    // Forged ones end in 403, and nobody else's language or session is in reach.
    'POST /console/language',
    'POST /console/sign-out',
    'GET /authenticator',
    'GET /authenticator/manifest.webmanifest',
    'GET /authenticator/worker.js',
    'GET /.well-known/ssf-configuration',
    'GET /upstream/:id',
    'GET /api/v1/openapi.json',
    'GET /api/v1/docs',
    // Leads to the list, and says nothing.
    'GET /administration/:organization/several',
    // The code that it takes is the device's (RFC 8628), the cookie the library's.
    'POST /device',
    'GET /device/:uid',
  ),
  ...forEach(
    'link',
    'GET /recovery/approve/:token',
    'GET /recovery/approve/:token/switch',
    'POST /recovery/approve/:token',
    'GET /recovery/disavow/:token',
    'POST /recovery/disavow/:token',
    'GET /recovery/support/:token',
    'POST /recovery/support/:token',
    'GET /recovery/status/:token',
    'POST /recovery/status/:token',
    'GET /recovery/continue/:token',
    'POST /recovery/continue/:token',
    'GET /recovery/identity/callback',
    'POST /recovery/identity/webhook',
    'GET /recovery/identity/confirm/:token',
    'POST /recovery/identity/confirm/:token',
    'POST /delivery/:carrier/:what/:id',
    'GET /invitation/:token',
    'POST /invitation/:token',
    'GET /address/:token',
    'POST /address/:token',
  ),
  ...forEach(
    'owner',
    'GET /security',
    'POST /security/sessions',
    'POST /security/apps',
    'POST /security/devices',
    'POST /security/request',
    'GET /security/methods/:id',
    'POST /security/methods/:id',
    'GET /security/codes',
    'POST /security/codes',
    'GET /security/addresses',
    'POST /security/addresses',
    'GET /security/password',
    'POST /security/password',
    'GET /security/identity',
    'POST /security/identity',
  ),
  ...forEach('owner_again', 'POST /security/methods', 'POST /security/codes/new'),
  ...forEach('any_super_admin', 'GET /administration'),
  ...forEach(
    'super_admin',
    'GET /administration/:organization',
    'GET /administration/:organization/members/:account',
    'POST /administration/:organization/members/:account',
    'GET /administration/:organization/policy',
    'POST /administration/:organization/policy',
    'GET /administration/:organization/several/last',
    'POST /administration/:organization/several',
    'GET /administration/:organization/invitations',
    'POST /administration/:organization/invitations',
    'GET /administration/:organization/members/:account/reset',
    'POST /administration/:organization/members/:account/reset',
    'GET /administration/:organization/members/:account/readiness',
    'GET /administration/:organization/readiness',
    'POST /administration/:organization/readiness',
    'GET /administration/:organization/requests',
    'GET /administration/:organization/requests/:case',
    'GET /administration/:organization/requests/:case/decide',
    'POST /administration/:organization/requests/:case/decide',
    'GET /administration/:organization/audit',
    'POST /administration/:organization/audit',
    'GET /administration/:organization/directory',
    'POST /administration/:organization/directory',
    'GET /administration/:organization/webhooks',
    'GET /administration/:organization/webhooks/new',
    'POST /administration/:organization/webhooks/new',
    'GET /administration/:organization/webhooks/:webhook',
    'POST /administration/:organization/webhooks/:webhook',
  ),
  ...forEach(
    'operator',
    'GET /operator',
    'GET /operator/apps',
    'GET /operator/apps/new',
    'POST /operator/apps/new',
    'GET /operator/apps/:id',
    'POST /operator/apps/:id',
    'GET /operator/audit',
    'POST /operator/audit',
    'GET /operator/policy',
    'POST /operator/policy',
    'GET /operator/keys',
    'POST /operator/keys',
    'GET /operator/organizations',
    'POST /operator/organizations',
    'GET /operator/outbox',
    'POST /operator/outbox',
    'GET /operator/support',
    'POST /operator/support',
    'GET /operator/webhooks',
    'GET /operator/webhooks/new',
    'POST /operator/webhooks/new',
    'GET /operator/webhooks/:webhook',
    'POST /operator/webhooks/:webhook',
  ),
  ...forEach('agent', 'GET /support', 'GET /support/cases/:id', 'POST /support/cases/:id'),
  ...forEach(
    'phone',
    'POST /authenticator/pair',
    'POST /authenticator/pair/confirm',
    'POST /authenticator/answer',
    'POST /authenticator/subscription',
    'POST /authenticator/events',
  ),
}

/** Those that begin alike are for the same: a sign-in has a route for each of its steps, a stream one for each verb. */
const families: [beginning: RegExp, audience: Audience][] = [
  [/^\w+ \/interaction\/:uid/, 'interaction'],
  [/^\w+ \/ssf(\/|$)/, 'program'],
  [/^\w+ \/api\/v1\/(?!openapi|docs)/, 'program'],
  [/^\w+ \/scim\/v2(\/|$)/, 'program'],
]

export const audienceOf = (route: string): Audience | undefined =>
  audiences[route] ?? families.find(([beginning]) => beginning.test(route))?.[1]
