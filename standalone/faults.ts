import { distance } from 'fastest-levenshtein'
import type { z } from 'zod'
import { flatIssues } from '../options/flat-issues.ts'

/** What a setting looks like, said where it is missing or wrong. A number in a path stands as []. */
const examples: { readonly [path: string]: string } = {
  issuer: '"https://id.example.com"',
  brand: '"Example"',
  port: '3000',
  host: '"127.0.0.1"',
  trustProxy: '1, the number of proxies in front',
  store: '"lmdb" or "mongodb://db.example.com/rekey?replicaSet=rs0"',
  data: '"/var/lib/rekey"',
  keys: '[{ "id": "2026-11", "key": "…" }], a key from: openssl rand -base64 32 | tr +/ -_ | tr -d =',
  'keys.[]': '{ "id": "2026-11", "key": "…" }',
  'keys.[].id': '"2026-11"',
  'keys.[].key': '43 characters from: openssl rand -base64 32 | tr +/ -_ | tr -d =',
  mail: '{ "url": "smtps://user:password@mail.example.com", "from": "Example <id@example.com>" }',
  'mail.url': '"smtps://user:password@mail.example.com", where / in the password is %2F, and # is %23',
  'mail.from': '"Example <id@example.com>"',
  phone: '{ "countries": ["JP", "US"], "twilio": { … } }',
  'phone.countries': '["JP", "US", "+4420"]',
  'phone.twilio': '{ "accountSid": "AC…", "authToken": "…", "from": "+15005550006" }',
  proofing: '{ "issuer": "https://verify.example.com", "clientId": "…", "clientSecret": "…" }',
  clients: '[{ "client_id": "my-app", "redirect_uris": ["https://app.example.com/callback"] }]',
  'clients.[]': '{ "client_id": "my-app", "redirect_uris": ["https://app.example.com/callback"] }',
  'clients.[].client_id': '"my-app"',
  acr: '{ "multiFactor": "urn:example:mfa" }',
  resources: '[{ "indicator": "https://api.example.com", "scope": "read write" }]',
  'resources.[].indicator': '"https://api.example.com"',
  'resources.[].scope': '"read write"',
  registration: '{ "initialAccessToken": "…" }',
  'registration.initialAccessToken': '32 characters or more of letters and digits',
  'passkeys.roots.[]': '"-----BEGIN CERTIFICATE-----\\n…\\n-----END CERTIFICATE-----\\n"',
  fetchHosts: '["app.internal:8443"]',
  'fetchHosts.[]': '"app.internal:8443", without https://',
  signInsPerMinute: '60',
  keepRemovedDays: '90',
  logoutWithinDays: '30',
  health: '{ "port": 9090 }',
  'health.port': '9090',
  audit: '{ "keepDays": 730, "checkpoints": { "file": "/var/backups/checkpoints.txt" } }',
  'audit.keepDays': '730',
  'audit.checkpoints': '{ "file": "/var/backups/checkpoints.txt" }',
  signing: '{ "default": "ES256", "rotateDays": 90 }',
  'signing.rotateDays': '90',
  'signing.publishHours': '24',
  signals: '{ "keepDays": 14 }',
  'signals.keepDays': '14',
  passkeys: '{ "attestation": "direct", "roots": [ … ] }',
  'passkeys.attestation': '"none"',
  'passkeys.roots': '["-----BEGIN CERTIFICATE-----\\n…"]',
  claims: '{ "groups": { "scope": "groups", "each": "{id}:{role}" } }',
  responseTypes: '["code id_token"]',
  requirePkce: 'true',
  sessionCookie: '"browser"',
  api: '{ "requestsPerMinute": 600 }',
  refreshGrace: '{ "seconds": 10 }',
  upstreams: '[{ "id": "acme", "name": "Acme", "issuer": "https://login.acme.example", "clientId": "…" }]',
  'upstreams.[].id': '"acme"',
  'upstreams.[].issuer': '"https://login.acme.example"',
  'proofing.issuer': '"https://verify.example.com"',
  'brand.logo': '"./logo.svg"',
  'brand.colors': '{ "primary": "#0b57d0" }',
  'brand.colors.primary': '"#0b57d0"',
  'brand.links': '{ "help": "https://example.com/help" }',
}

/** A fault as operators read it: the setting's path, what is wrong, and an example. */
export function faultLine(path: string, wrong: string): string {
  const example = exampleOf(path.replace(/\b\d+\b/g, '[]'))
  return `${path || 'configuration'}: ${wrong}${example === undefined ? '' : ` (for example ${example})`}`
}

/** Its own, or that of what it is a part of. */
function exampleOf(path: string, at = path): string | undefined {
  const example = examples[at]
  if (example !== undefined) return at === path ? example : `${at}: ${example}`
  return at.includes('.') ? exampleOf(path, at.slice(0, at.lastIndexOf('.'))) : undefined
}

/** Never repeats a value: it may be a secret. */
export function faultsIn({ issues }: z.ZodError, input?: unknown): string[] {
  return flatIssues(issues).flatMap((issue) => {
    const path = issue.path.join('.')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${path || 'configuration'}: ${unknownSetting(key, input, issue.path)}`)
    return [faultLine(path, isMissing(issue) ? 'needed' : issue.message)]
  })
}

const isMissing = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'invalid_type' && issue.message.endsWith('received undefined')

/** All settings that have a name of their own to be mistaken for; those in the file already weren't meant. */
function unknownSetting(key: string, input: unknown, path: PropertyKey[]): string {
  const prefix = path.length === 0 ? '' : `${path.join('.').replace(/\b\d+\b/g, '[]')}.`
  const given = path.reduce<unknown>((at, part) => (at as never)?.[part], input) as object | undefined
  const known = Object.keys(examples)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => !name.includes('.') && !(given !== undefined && name in given))
  const meant = known.find((name) => distance(name.toLowerCase(), key.toLowerCase()) <= 2)
  return `"${key}" is no setting${meant === undefined ? '' : `; is it "${meant}"?`}`
}
