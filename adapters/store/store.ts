import type { Protection } from '../../rules/account.ts'
import type { Attempt } from '../../rules/attempt.ts'
import type { AuditEntry } from '../../rules/audit/chain.ts'
import type { Browser } from '../../rules/browsers.ts'
import type { Invitation } from '../../rules/invitation.ts'
import type { Listing } from '../../rules/listing.ts'
import type { Membership } from '../../rules/membership.ts'
import type { Organization } from '../../rules/organization.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import type { Pairing } from '../../rules/pairing.ts'
import type { ProofingRun } from '../../rules/proofing-run.ts'
import type { Prompt } from '../../rules/push.ts'
import type { RecoveryCase } from '../../rules/recovery-case.ts'
import type { RoleProposal } from '../../rules/role-change.ts'
import type { Sending } from '../../rules/sending.ts'
import type { Stream } from '../../rules/stream.ts'
import type { UpstreamLink } from '../../rules/upstream.ts'
import type { Webhook, WebhookMessage } from '../../rules/webhook.ts'
import type {
  AppSession,
  Artifact,
  AuditChain,
  AuditCheckpoint,
  Caught,
  ConsoleSession,
  Credential,
  DeviceProof,
  MailedLink,
  Outgoing,
  ProviderSession,
  Remembered,
  Setting,
  Signal,
  ThrottleRecord,
  Token,
  Unsubscribed,
} from './documents.ts'
import type { Collection, Document, Indexes } from './port.ts'

/** Every collection, declared once: its indexes. Engines create them from this. */
export const collections = {
  /** People that Rekey itself keeps. */
  people: {
    login: { field: 'login', unique: true },
    externalId: { field: 'externalId' },
    effectsDue: { field: 'effectsDue' },
    /** Removed people, the next to be forgotten first. */
    purgeable: { field: 'purgeable', order: 'purgeAt' },
  },
  /** What decides how a person gets in, by the person's id. */
  protections: {
    effectsDue: { field: 'effectsDue' },
    /** Agents of the support. */
    agents: { field: 'desk' },
    /** People who look after the installation. */
    operators: { field: 'staff' },
  },
  /** Both of these as the releases before had them, until a migration has taken them apart. */
  accounts: {
    email: { field: 'email', unique: true },
    effectsDue: { field: 'effectsDue' },
    purgeable: { field: 'purgeable', order: 'purgeAt' },
  },
  organizations: {
    effectsDue: { field: 'effectsDue' },
    /** The oldest first: it has a domain that two were given. */
    domain: { field: 'domains', order: 'createdAt', many: true },
  },
  memberships: {
    effectsDue: { field: 'effectsDue' },
    account: { field: 'account', order: 'since' },
    organization: { field: 'organization', order: 'since' },
    superAdmins: { field: 'superAdminOf', order: 'superAdminSince' },
  },
  /** People in the lists of organizations: written because of what they are about, and by nothing else. */
  listings: {
    account: { field: 'account' },
    byName: { field: 'lists', order: 'rank', many: true },
    bySignIn: { field: 'lists', order: 'signedInOn', many: true },
    byJoining: { field: 'lists', order: 'since', many: true },
    text: { field: 'grams', order: 'rank', many: true },
  },
  invitations: {
    organization: { field: 'organization', order: 'at' },
    address: { field: 'address', order: 'at' },
    effectsDue: { field: 'effectsDue' },
  },
  /** Changes of roles that wait for a second super admin. */
  proposals: {
    organization: { field: 'organization', order: 'at' },
    account: { field: 'account', order: 'at' },
    effectsDue: { field: 'effectsDue' },
  },
  attempts: {
    account: { field: 'account', order: 'createdAt' },
    effectsDue: { field: 'effectsDue' },
  },
  cases: {
    account: { field: 'account', order: 'openedAt' },
    /** At most one open case a person: a second request joins the first. */
    openFor: { field: 'openFor', unique: true },
    /** Open cases that time changes (expiry, hold), soonest first. */
    waiting: { field: 'waiting', order: 'wakeAt' },
    effectsDue: { field: 'effectsDue' },
    desk: { field: 'desk', order: 'openedAt' },
    organization: { field: 'organization', order: 'openedAt' },
  },
  proofings: {
    account: { field: 'account', order: 'createdAt' },
    case: { field: 'case', order: 'createdAt' },
    effectsDue: { field: 'effectsDue' },
  },
  credentials: {
    account: { field: 'account' },
  },
  links: {
    account: { field: 'account' },
  },
  /** Who somebody is at the provider of their organization. */
  upstreamLinks: {
    /** One a person. */
    person: { field: 'account', unique: true },
    effectsDue: { field: 'effectsDue' },
  },
  devices: {
    account: { field: 'account', order: 'createdAt' },
  },
  artifacts: {
    account: { field: 'account' },
    userCode: { field: 'userCode' },
  },
  tokens: {},
  sessions: {
    session: { field: 'session' },
    account: { field: 'account' },
  },
  appSessions: {
    account: { field: 'account' },
  },
  consoleSessions: {
    account: { field: 'account' },
  },
  outbox: {
    queue: { field: 'queue', order: 'sequence' },
    due: { field: 'due', order: 'nextAt' },
    state: { field: 'state', order: 'createdAt' },
  },
  sendings: {},
  streams: {
    /** One stream a receiver (SSF 1.0 §8.1.1.1, 409). */
    client: { field: 'client', unique: true },
    all: { field: 'listed', order: 'createdAt' },
  },
  signals: {
    stream: { field: 'stream', order: 'sequence' },
    waiting: { field: 'waiting', order: 'sequence' },
    notice: { field: 'notice', order: 'sequence' },
  },
  unsubscribed: {
    stream: { field: 'stream' },
  },
  pairings: {},
  prompts: {
    account: { field: 'account', order: 'createdAt' },
    effectsDue: { field: 'effectsDue' },
  },
  deviceProofs: {},
  throttles: {},
  audit: {
    log: { field: 'log', order: 'sequence' },
    subject: { field: 'subject', order: 'sequence' },
    case: { field: 'case', order: 'sequence' },
    /** What was done, without what was only tried. */
    done: { field: 'done', order: 'sequence' },
    chain: { field: 'chain', order: 'place' },
  },
  auditChains: {
    all: { field: 'listed', order: 'startedAt' },
    open: { field: 'open', order: 'startedAt' },
  },
  auditCheckpoints: {
    all: { field: 'listed', order: 'number' },
  },
  settings: {},
  webhooks: {
    all: { field: 'listed', order: 'createdAt' },
    organization: { field: 'organization', order: 'createdAt' },
    effectsDue: { field: 'effectsDue' },
  },
  webhookMessages: {
    webhook: { field: 'webhook', order: 'at' },
  },
  remembered: {},
  inbox: {
    all: { field: 'inbox', order: 'at' },
  },
} as const satisfies { [collection: string]: Indexes }

/** What each collection holds. */
export interface Documents {
  people: OwnPerson
  protections: Protection
  accounts: Document
  organizations: Organization
  memberships: Membership
  listings: Listing
  invitations: Invitation
  proposals: RoleProposal
  attempts: Attempt
  cases: RecoveryCase
  proofings: ProofingRun
  credentials: Credential
  links: MailedLink
  upstreamLinks: UpstreamLink
  devices: Browser
  artifacts: Artifact
  tokens: Token
  sessions: ProviderSession
  appSessions: AppSession
  consoleSessions: ConsoleSession
  outbox: Outgoing
  sendings: Sending
  streams: Stream
  signals: Signal
  unsubscribed: Unsubscribed
  pairings: Pairing
  prompts: Prompt
  deviceProofs: DeviceProof
  throttles: ThrottleRecord
  audit: AuditEntry
  auditChains: AuditChain
  auditCheckpoints: AuditCheckpoint
  settings: Setting
  webhooks: Webhook
  webhookMessages: WebhookMessage
  remembered: Remembered
  inbox: Caught
}

export type CollectionName = keyof typeof collections

/** What was stored at one moment, whatever is written meanwhile. Engines hold on to it until it is closed. */
export interface Snapshot {
  /** All documents of a collection by their ids, a page at a time. Expired ones are left out. */
  pages<C extends CollectionName>(collection: C): AsyncIterable<Documents[C][]>
  close(): Promise<void>
}

/** All collections, and the way to leave them. */
export type Store = {
  readonly [C in CollectionName]: Collection<Documents[C], keyof (typeof collections)[C] & string>
} & { snapshot(): Promise<Snapshot>; close(): Promise<void> }

/** What an engine is opened with. `asItIs`: what an earlier release stored stays as that release needs it. */
export interface OpenNeeds {
  clock: () => number
  asItIs?: true
}

/** An engine with its settings, to be opened by whoever has the clock. */
export type OpenStore = (needs: OpenNeeds) => Store | Promise<Store>
