import type { AccountServices } from '../account/services.ts'
import type { Passwords } from '../adapters/secrets/passwords.ts'
import type { Upstream } from '../adapters/upstream/upstream.ts'
import type { Arrivals } from '../effects/arrivals.ts'
import type { AcrNames } from '../provider/acr-names.ts'
import type { RecoveryServices } from '../recovery/services.ts'
import type { Branding } from '../views/brand.ts'

/** What the pages work with. It is put together once, where everything is wired; nothing here is global. */
export interface Services extends AccountServices, RecoveryServices {
  /** Where passwords are hashed here, and not by the host. */
  inTurn?: Passwords['inTurn'] | undefined
  /** What the outside calls our authentication context classes. */
  acrNames: AcrNames
  /** Pictures and style of the host's brand. */
  branding: Branding
  /** Providers of organizations, by their id. */
  upstreams: ReadonlyMap<string, Upstream>
  /** Tells open authenticators that their account is asked something. */
  arrivals: Arrivals
  /** Rooms of our own pages that are there, and `directory`: what the navigation may lead to. */
  places: Set<string>
  /** What browsers subscribe to our pushes with (RFC 8292 §4.1). */
  pushKey: string
}
