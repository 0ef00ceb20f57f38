import type { Logger } from 'pino'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Settings } from '../rules/settings.ts'
import type { Views } from '../views/render.ts'
import type { Audit } from './audit.ts'
import type { Outbox } from './outbox.ts'

/** The collections whose documents promise effects. */
export const promising = ['accounts', 'cases', 'organizations'] as const

export type PromisingName = (typeof promising)[number]

export interface Effects {
  /** Carries out what a document still promises. Returns when it is done, or when another process is at it. */
  settle(collection: PromisingName, id: string): Promise<void>
  /** Carries out what any document still promises: at the start, and now and then. */
  settleAll(): Promise<void>
}

/** One app that must hear that a session ended. */
export interface LogoutTarget {
  client: string
  account: string
  sid: string
}

/** Ends what an account has at the provider, and says which apps must hear of it. Idempotent for the same cause. */
export interface Revocation {
  /** @param kept the interaction that may go on, and the session it goes on from. */
  endEverything(
    account: string,
    cause: string,
    kept: { keep?: string; keepSession?: string },
  ): Promise<LogoutTarget[]>
  endSome(
    account: string,
    cause: string,
    which: { session: string } | { keepSession: string },
  ): Promise<LogoutTarget[]>
}

/** What writing, and whatever follows a write, works with. The first rung: every floor above adds what it needs. */
export interface WriteServices {
  config: Settings
  store: Store
  /** Milliseconds since 1970. */
  clock: () => number
  ring: KeyRing
  views: Views
  audit: Audit
  outbox: Outbox
  effects: Effects
  log: Logger
}
