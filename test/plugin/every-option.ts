import { z } from 'zod'
import type { PluginOptions } from '../../options/plugin-options.ts'
import { pluginSchema } from '../../options.ts'

const made = () => {}
const address = 'https://somewhere.example/'

/** Options with everything in them, new each time. `firstFactor` and `upstreams` can't be had together. */
export const everyOption = (): PluginOptions =>
  ({
    issuer: 'http://localhost:1',
    brand: {
      name: 'Example',
      logo: address,
      logoDark: address,
      favicon: address,
      colors: { primary: '#004488', background: '#ffffff' },
      corners: 'round',
      links: { help: address, privacy: address, terms: address },
      mail: { header: address },
    },
    keys: [{ id: 'a', key: 'k'.repeat(43) }],
    phone: { countries: ['JP'], perHour: 3, perCountryPerHour: 3 },
    audit: { keepDays: 40, checkpoints: { everySeconds: 4, file: 'checkpoints', webhook: address } },
    keepRemovedDays: 3,
    sessionCookie: 'lasting',
    refreshGrace: { seconds: 3, for: 'all' },
    logoutWithinDays: 3,
    acr: {
      recovered: 'a',
      password: 'b',
      multiFactor: 'c',
      phishingResistant: 'd',
      phishingResistantHardware: 'e',
    },
    passkeys: { attestation: 'direct', roots: [] },
    fetchHosts: ['localhost'],
    upstreams: [
      {
        id: 'acme',
        name: 'Acme',
        issuer: 'https://acme.example',
        clientId: 'c',
        clientAuth: 'client_secret_basic',
        clientSecret: 's',
        privateKey: { kty: 'EC', alg: 'ES256' },
        scope: 'openid',
        domains: ['acme.example'],
        organizations: ['acme'],
        secondFactor: { acr: ['x'], amr: ['y'] },
        signingAlg: 'RS256',
      },
    ],
    signals: { keepDays: 3, pollSeconds: 3, verificationSeconds: 3, inactiveDays: 3 },
    api: { requestsPerMinute: 3 },
    signInsPerMinute: 3,
    store: made,
    delivery: { mail: made, sms: made, voice: made, push: made },
    proofing: made,
    people: { get: made, find: made, verify: made, setPassword: made },
    organizations: { of: made, superAdmins: made },
    path: '/oidc',
    views: { password: made },
    texts: { en: { 'password.lead': 'to go on' } },
    start: address,
    log: { info: made, warn: made, error: made },
    clock: made,
  }) as unknown as PluginOptions

/** The paths of everything in a value: `keys`, `keys.0`, `keys.0.id` … */
export function pathsIn(value: unknown, above: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = [...above, name]
    return [path, ...pathsIn(inner, path)]
  })
}

/** Functions as defaults have no JSON. */
const represented = pluginSchema.omit({ clock: true, log: true })

interface Described {
  properties?: { [name: string]: Described }
  items?: Described
  anyOf?: Described[]
}

/** The paths that the schema knows, an entry of a list as 0. */
export function knownPaths(
  one: Described = z.toJSONSchema(represented, { unrepresentable: 'any', io: 'input' }) as Described,
  above: string[] = [],
): string[] {
  const inner = Object.entries({ ...one.properties, ...(one.items && { 0: one.items }) })
  return [
    ...inner.flatMap(([name, described]) => {
      const path = [...above, name]
      return [path.join('.'), ...knownPaths(described, path)]
    }),
    ...(one.anyOf ?? []).flatMap((kind) => knownPaths(kind, above)),
  ]
}
