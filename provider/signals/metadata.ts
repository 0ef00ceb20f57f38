import type { Settings } from '../../rules/settings.ts'
import { pollMethod, pushMethod } from '../../rules/stream.ts'

/** Where everything is, from the issuer alone. */
export function endpoints({ issuer }: Pick<Settings, 'issuer'>) {
  return {
    configuration_endpoint: `${issuer}/ssf/stream`,
    status_endpoint: `${issuer}/ssf/status`,
    add_subject_endpoint: `${issuer}/ssf/subjects/add`,
    remove_subject_endpoint: `${issuer}/ssf/subjects/remove`,
    verification_endpoint: `${issuer}/ssf/verification`,
  }
}

export const pollEndpoint = ({ issuer }: Pick<Settings, 'issuer'>, stream: string): string =>
  `${issuer}/ssf/poll/${stream}`

/** SSF 1.0 §7.1. */
export function transmitterMetadata(config: Pick<Settings, 'issuer'>) {
  return {
    spec_version: '1_0',
    issuer: config.issuer,
    jwks_uri: `${config.issuer}/jwks`,
    delivery_methods_supported: [pushMethod, pollMethod],
    ...endpoints(config),
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  }
}
