import type { JWK } from 'jose'
import type { Configuration, Provider } from 'oidc-provider'
import type { ForeignAdapter } from '../provider/foreign-adapter.ts'
import type { Marks } from '../provider/made-from.ts'

/** What was given to `configure`, and what came of it. */
export interface Configured {
  /** As it was given. */
  own: Configuration
  configured: Configuration
  /** Where the host keeps what the library stores, unless that is left to Rekey. */
  adapter: ForeignAdapter | undefined
}

/** What the host gives later than everything else. */
export interface Host extends Partial<Configured> {
  /** By which a provider is known again that was made from what `configure` returned. */
  marks: Marks<Configured>
  provider?: Provider
}

/** Throws where none is attached yet. */
export function attachedTo({ provider }: Host): Provider {
  if (provider === undefined) throw new Error('no provider is attached yet')
  return provider
}

/** The keys of the host's own; undefined where they are Rekey's. */
export const ownKeys = ({ own }: Host): JWK[] | undefined => own?.jwks?.keys as JWK[] | undefined
