import type { Provider } from 'oidc-provider'
import type { Logger } from 'pino'
import type { Proofing } from '../adapters/proofing/proofing.ts'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { Passwords } from '../adapters/secrets/passwords.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Arrivals } from '../effects/arrivals.ts'
import type { Audit } from '../effects/audit.ts'
import type { Outbox } from '../effects/outbox.ts'
import type { Effects } from '../effects/settle.ts'
import type { AcrNames } from '../provider/acr-names.ts'
import type { FactorKind } from '../rules/account.ts'
import type { Config } from '../standalone/config.ts'
import type { Views } from '../views/render.ts'

/** What the pages work with. `createApp` puts it together once; nothing here is global. */
export interface Services {
  config: Config
  store: Store
  /** Milliseconds since 1970. */
  clock: () => number
  /** What authenticators may take for the present moment: `clock()`, and in the demo also the real time. */
  authenticatorTimes: () => number[]
  ring: KeyRing
  passwords: Passwords
  views: Views
  audit: Audit
  outbox: Outbox
  effects: Effects
  provider: Provider
  /** What the outside calls our authentication context classes. */
  acrNames: AcrNames
  /** Tells open authenticators that their account is asked something. */
  arrivals: Arrivals
  /** What browsers subscribe to our pushes with (RFC 8292 §4.1). */
  pushKey: string
  /** Verifies identities by photo ID, where the operator has connected a provider. */
  proofing?: Proofing
  /** The kinds of second factors that can be set up here, the one to start with first. */
  kinds: FactorKind[]
  log: Logger
}
