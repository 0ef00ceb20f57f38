import type { SigningKeyOptions } from '../provider/signing-keys.ts'
import type { Config } from './config.ts'

/** The algorithms that some app can be signed with, and how the keys roll. */
export function signingOf({
  clients,
  signing,
}: Pick<Config, 'clients' | 'signing'>): Pick<SigningKeyOptions, 'algorithms' | 'rotation'> {
  const named = clients.map((client) => String(client.id_token_signed_response_alg))
  const also = [signing.default, ...signing.algorithms, ...named.filter((alg) => selectable.has(alg))]
  return { algorithms: [...new Set(['RS256', 'ES256', ...also])], rotation: signing }
}

/** Beside those that are always there; what else a client names is refused when it is looked at. */
const selectable = new Set(['PS256', 'EdDSA'])
