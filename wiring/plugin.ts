import type { Configuration, Provider } from 'oidc-provider'
import type { PagesOff } from '../interactions/mounted/pages.ts'
import type { FirstFactor, HostContext } from '../interactions/sign-in/first-factor.ts'
import type { Accounts } from '../organization/people-use-cases.ts'
import type { Organizations } from '../organization/use-cases.ts'
import type { Cases } from '../recovery/use-cases.ts'

/** What a host has of the plugin. */
export interface Rekey {
  /** As apps know it: for `new Provider(recovery.issuer, …)`. */
  readonly issuer: string
  /** Your configuration, with what recoverable second factors need. A clash throws ConfigError naming the setting. */
  configure(own: Configuration): Configuration
  /** Mounts the pages on their paths, with guards and headers for these paths alone, and starts the worker. Once. */
  attach(provider: Provider, pages?: PagesOff): void
  /** The first factor was proven on a page of yours: the second factor, recovery and the rest follow from here. */
  passed(ctx: HostContext, proof: FirstFactor): Promise<void>
  /** What protects a person, and what a host does about it, without a page. */
  readonly accounts: Accounts
  /** Requests to reset factors. */
  readonly cases: Cases
  /** Organizations, their policies and who belongs to them. */
  readonly organizations: Organizations
  /** Stops the background work, and closes what was opened here. Once, however often it is called. */
  stop(): Promise<void>
}
