import type { Logger } from 'pino'
import type { People } from '../adapters/people/people.ts'
import type { KeyRing } from '../adapters/secrets/key-ring.ts'
import type { CollectionName, Documents, Store } from '../adapters/store/store.ts'
import type { AuditEvent } from '../rules/audit/events.ts'
import type { Effect, EffectKind, EffectOf } from '../rules/effect.ts'
import type { Settings } from '../rules/settings.ts'
import type { Views } from '../views/render.ts'
import type { Audit } from './audit.ts'
import type { Directory } from './directory.ts'
import type { Outbox } from './outbox.ts'

/** The collections whose documents promise effects. */
export const promising = [
  'people',
  'protections',
  'cases',
  'organizations',
  'memberships',
  'invitations',
  'proposals',
  'attempts',
  'proofings',
  'prompts',
  'upstreamLinks',
  'webhooks',
] as const satisfies CollectionName[]

export type PromisingName = (typeof promising)[number]

/** What becomes of a document, as in `update` of a collection: pure, and may run again. */
export type Rule<T, R> = (current: T | undefined) => [next: T | undefined, outcome: R]

/** The only way to write, for whoever acts because a person or a program wants something. */
export interface Writes {
  /**
   * Changes one document, and carries out what the change promised; what a crash keeps from being done, another process
   * does later. Throws Conflict like the store.
   *
   * @param when 'later' leaves the effects to the worker: the reply takes no longer than one that promises nothing.
   * 'meanwhile' goes on while they are carried out, and keeps only the reply back until they are.
   */
  change<C extends CollectionName, R>(
    collection: C,
    id: string,
    rule: Rule<Documents[C], R>,
    when?: 'now' | 'meanwhile' | 'later',
  ): Promise<R>
  /** A new document, and what it promises. Throws Conflict when it exists. */
  create<C extends CollectionName>(collection: C, document: Documents[C]): Promise<void>
}

export interface Effects {
  /** Carries out what a document still promises. False while another process is at it. */
  settle(collection: PromisingName, id: string): Promise<boolean>
  /** Carries out what any document still promises: at the start, and now and then. */
  settleAll(): Promise<void>
}

/** Carries out one kind of effect. Idempotent: after a crash it may run again. */
export type Handler<K extends EffectKind> = (effect: EffectOf<K>) => Promise<void>

/** One for each kind, handed in where everything is wired. Each lives with what it is about. */
export type Handlers<K extends EffectKind = EffectKind> = { readonly [kind in K]: Handler<kind> }

/** What a document begins as, where a change finds none. */
export type Beginnings = { readonly [C in PromisingName]?: (id: string) => Documents[C] }

/** What a change of a document is followed by, whatever it was made for: part of the same write. */
export type Followers = {
  readonly [C in PromisingName]?: (
    before: Documents[C] | undefined,
    after: Documents[C],
    id: string,
  ) => Effect[]
}

/** What becomes of a document with its last effect, in the same write; undefined removes it. */
export type Endings = {
  readonly [C in PromisingName]?: (document: Documents[C], now: number) => Documents[C] | undefined
}

/** What figures are made of: an entry of the log, or what a page of a sign-in said at its top. */
export type Observation = { event: AuditEvent } | { said: string }

/** What writing, and whatever follows a write, works with. The first rung: every floor above adds what it needs. */
export interface WriteServices extends Writes {
  config: Settings
  store: Store
  people: People
  /** People and what protects them, read together. */
  accounts: Directory
  /** Milliseconds since 1970. */
  clock: () => number
  ring: KeyRing
  views: Views
  audit: Audit
  outbox: Outbox
  effects: Effects
  log: Logger
  /** For figures. */
  happened?: ((one: Observation) => void) | undefined
}

/** What handlers work with. Their `change` waits for no other process: it may be the one that waits for them. */
export type HandlerServices = Writes &
  Pick<
    WriteServices,
    'config' | 'store' | 'people' | 'accounts' | 'clock' | 'ring' | 'views' | 'outbox' | 'audit'
  >
