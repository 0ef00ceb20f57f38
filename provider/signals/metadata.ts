import type { Settings } from '../../rules/settings.ts'
import { pollMethod, pushMethod } from '../../rules/stream.ts'

/** Where everything is, from the issuer alone. */
export function endpoints({ base }: Pick<Settings, 'base'>) {
  return {
    configuration_endpoint: `${base}/ssf/stream`,
    status_endpoint: `${base}/ssf/status`,
    add_subject_endpoint: `${base}/ssf/subjects/add`,
    remove_subject_endpoint: `${base}/ssf/subjects/remove`,
    verification_endpoint: `${base}/ssf/verification`,
  }
}

export const pollEndpoint = ({ base }: Pick<Settings, 'base'>, stream: string): string =>
  `${base}/ssf/poll/${stream}`

/** SSF 1.0 §7.1. */
export function transmitterMetadata(config: Pick<Settings, 'issuer' | 'base'>, jwksUri: string) {
  return {
    spec_version: '1_0',
    issuer: config.issuer,
    jwks_uri: jwksUri,
    delivery_methods_supported: [pushMethod, pollMethod],
    ...endpoints(config),
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  }
}
