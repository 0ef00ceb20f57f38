import type { Provider } from 'oidc-provider'
import type { Passwords } from '../adapters/secrets/passwords.ts'
import type { NetworkBudgets } from '../effects/network-budgets.ts'
import type { WriteServices } from '../effects/services.ts'
import type { SigningKeys } from '../provider/signing-keys.ts'
import type { FactorKind } from '../rules/factor.ts'

/** What a person's factors, password, addresses, sessions and browsers are looked after with. */
export interface AccountServices extends WriteServices {
  /** What authenticators may take for the present moment: `clock()`, and in the demo also the real time. */
  authenticatorTimes: () => number[]
  passwords: Passwords
  /** What networks may try. */
  networks: NetworkBudgets
  provider: Provider
  /** What tokens are signed with, where the host has no keys of its own. */
  signingKeys?: SigningKeys | undefined
  /** The kinds of second factors that can be set up here, the one to start with first. */
  kinds: FactorKind[]
}
