/** What an access token may be good for at the API. docs/api.md is generated from this. */
export const apiScopes = {
  'organizations.read': 'See organizations and their policies',
  'organizations.manage': 'Make organizations and change them',
  'policy.manage': 'Change the security policy of organizations',
  'people.read': 'See people and what they belong to',
  'people.manage': 'Add people, change them, deactivate and remove them',
  'memberships.manage': 'Change who belongs to an organization, and as what',
  'factors.read': 'See which second factors people have',
  'factors.manage': 'Take second factors away',
  'sessions.manage': 'See where people are signed in, and end it',
  'cases.read': 'See requests to reset second factors',
  'cases.open': 'Ask for a reset in the name of a person',
  'cases.deny': 'Deny or cancel a reset',
  'cases.decide': 'Approve a reset; takes a person who has just proven a second factor',
  'readiness.read': 'See who could be helped after a loss',
  'audit.read': 'Read the audit log',
  'clients.manage': 'See and register apps',
  'keys.manage': 'See and roll signing keys',
  'outbox.manage': 'See what waits to be delivered, and try it again',
  'staff.manage': 'See who works for the operator, and change it',
  'installation.manage': 'See how the installation is, and what holds for all of it',
  'webhooks.manage': 'Look after webhooks',
  scim: 'Provision people by SCIM',
} as const

export type ApiScope = keyof typeof apiScopes

export const isApiScope = (scope: string): scope is ApiScope => Object.hasOwn(apiScopes, scope)

/** The audience of the API's access tokens (RFC 8707). */
export const apiResource = ({ base }: { base: string }): string => `${base}/api/v1`
