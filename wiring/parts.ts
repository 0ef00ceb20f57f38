import type { Logger } from 'pino'
import type { Delivery } from '../adapters/delivery/delivery.ts'
import type { People } from '../adapters/people/people.ts'
import type { Proofing } from '../adapters/proofing/proofing.ts'
import type { RingKey } from '../adapters/secrets/key-ring.ts'
import type { Passwords } from '../adapters/secrets/passwords.ts'
import type { Store } from '../adapters/store/store.ts'
import type { UpstreamSettings } from '../adapters/upstream/schema.ts'
import type { Observation } from '../effects/services.ts'
import type { namesByLevel } from '../provider/acr-names.ts'
import type { MappedClaims } from '../provider/mapped-claims.ts'
import type { SigningKeyOptions } from '../provider/signing-keys.ts'
import type { FactorKind } from '../rules/factor.ts'
import type { Settings } from '../rules/settings.ts'
import type { HostTexts, HostViews } from '../views/host-views.ts'

/** What is put together: the engines are open, the settings checked. */
export interface Parts {
  config: Omit<Settings, 'clients' | 'base' | 'start' | 'upstreams'> & {
    keys: RingKey[]
    acr: Parameters<typeof namesByLevel>[0]
    upstreams: UpstreamSettings[]
  }
  store: Store
  /** Who can sign in. */
  people: People
  delivery: Delivery
  /** Verifies identities by photo ID. */
  proofing?: Proofing | undefined
  /** Milliseconds since 1970. */
  clock: () => number
  /** See Services; `[clock()]` if left out. */
  authenticatorTimes?: (() => number[]) | undefined
  log: Logger
  /** For figures. */
  happened?: (one: Observation) => void
  /** Kinds of factors that can be set up here; all that the settings allow if left out. */
  kinds?: FactorKind[] | undefined
  /** Where the provider is mounted, if not at the path of the issuer. */
  path?: string | undefined
  /** Where a mail sends someone who may sign in now; the page of their security if left out. */
  start?: string | undefined
  /** Whether the host says who belongs to which organization. */
  foreignOrganizations?: boolean
  /** Whether a host keeps the people. */
  foreignPeople?: boolean
  /** Checks passwords in another way: measurements leave the hashing out. */
  passwords?: Passwords | undefined
  /** Pages and texts of the host's own. */
  views?: HostViews | undefined
  texts?: HostTexts | undefined
  /** What tokens are signed with where the host has no keys of its own, and how its keys roll. */
  signing?: Pick<SigningKeyOptions, 'algorithms' | 'rotation'>
  /** Claims made from organizations, where the host has no `findAccount` of its own. */
  mapped?: MappedClaims
}
