import { createSigningKeys, type SigningKeys } from '../../provider/signing-keys.ts'
import type { Rekey } from './rekey.ts'

/** The keys that Rekey signs with, for tests that sign in its place. */
export function keysOf({ store, app, now }: Pick<Rekey, 'store' | 'app' | 'now'>): Promise<SigningKeys> {
  const { ring } = app.services
  return createSigningKeys({ store, ring, clock: now, algorithms: ['RS256', 'ES256'] })
}
