import { errors } from 'oidc-provider'
import { leadsInside } from '../adapters/guarded-fetch.ts'

type Metadata = { [name: string]: unknown }

/** We ask there ourselves. */
const asked = [
  'backchannel_logout_uri',
  'backchannel_client_notification_endpoint',
  'jwks_uri',
  'sector_identifier_uri',
  'request_uris',
] as const

/** People's browsers are led there, or load it. */
const shown = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri'] as const

const said = (name: string) =>
  `${name} leads to a private network; where it has to, the operator lists its host in fetchHosts`

/**
 * Addresses by which an app that registers itself would have us, or the browsers of people, look around in a network that
 * it can't reach. An app on somebody's own machine shows what is there, on a host that it is sent back to.
 */
export function checkAddresses(metadata: Metadata, allowed: string[]): void {
  const back = new Set(addresses(metadata.redirect_uris).map(({ hostname }) => hostname))
  const inside = shown.find((name) =>
    addresses(metadata[name]).some((url) => leadsInside(url, allowed) && !back.has(url.hostname)),
  )
  const fault = addressFaults(metadata, allowed)[0] ?? (inside && said(inside))
  if (fault !== undefined) throw new errors.InvalidClientMetadata(fault)
}

/** What no app can say, whoever registers it: we would not ask there. */
export const addressFaults = (metadata: Metadata, allowed: string[]): string[] =>
  asked.filter((name) => addresses(metadata[name]).some((url) => leadsInside(url, allowed))).map(said)

/** Those of the web; what else there is is refused for that. */
const addresses = (value: unknown): URL[] =>
  [value]
    .flat()
    .flatMap((one) => (typeof one === 'string' && URL.canParse(one) ? [new URL(one)] : []))
    .filter(({ protocol }) => ['https:', 'http:'].includes(protocol))
