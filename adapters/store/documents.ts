import type { Origin } from '../../rules/attempt.ts'
import type { ChainEnd } from '../../rules/audit/chain.ts'
import type { Tree } from '../../rules/audit/merkle.ts'
import type { Sealed } from '../../rules/audit/pruned.ts'
import type { Throttle } from '../../rules/throttle.ts'
import type { Document } from './port.ts'

/** Anything oidc-provider stores but sessions and what hangs on a grant. The payload is JSON text, so that no field of any release is lost. */
export interface Artifact extends Document {
  /** `${model}:${id}` */
  id: string
  payload: string
  account?: string
  userCode?: string
  /** Seconds, as oidc-provider writes it. */
  consumed?: number
  /** When a device last asked for its tokens, and how many seconds it has to wait between two times. */
  polledAt?: number
  pollSeconds?: number
}

/** A token or code. It has no index: it dies with its grant, whose revocation leaves `revoked:${grant}` behind. */
export interface Token extends Document {
  id: string
  payload: string
  grant?: string
  consumed?: number
  /** The refresh token that took the place of this one. */
  successor?: string
  /** When it was stored; a revocation voids what is older. */
  storedAt: number
}

/**
 * One sign-in at the provider. The document is keyed by the session's fixed `uid`, the cookie's value (`session`)
 * rotates: a late request that still holds an earlier value can't bring it back.
 */
export interface ProviderSession extends Document {
  id: string
  session: string
  /** Cookie values that were valid once. */
  retired: string[]
  payload: string
  account?: string
  /** Where the person last signed in to it. */
  origin?: Origin
  /** When it was last used, to some minutes. */
  usedAt?: number
  /** Ended for good, by what; kept until expiresAt so that nothing revives it. */
  ended?: string
}

/** A link sent by mail: the id is the SHA-256 of its token. */
export interface MailedLink extends Document {
  id: string
  purpose: 'approve' | 'disavow' | 'support' | 'completion' | 'identity' | 'status' | 'invitation' | 'login'
  /** Whose link it is. */
  account: string
  case?: string
  /** What the disavowed notice was about. */
  about?: string
  /** The page that has spent it, where it works once: whoever got no answer there may send it again. */
  spentBy?: string
  createdAt: number
  expiresAt: number
}

/** Someone signed in at our own pages, through our own provider. */
export interface ConsoleSession extends Document {
  id: string
  account: string
  acr: string
  /** Seconds since 1970, like the claim. */
  authTime: number
  /** The provider session it rests on. */
  providerSession: string
  /** When it was last used, to some minutes. */
  usedAt?: number
  form: string
  expiresAt: number
}

/**
 * An app that a person signed in to with one session. It outlives the session: the app's own session and its offline
 * token may live much longer. The id is `${session}:${client}`.
 */
export interface AppSession extends Document {
  account: string
  client: string
  /** By what it ended for good; kept, so that a repeat after a crash tells the same apps. */
  ended?: string
  expiresAt: number
}

/** A message on its way out. */
export interface Outgoing extends Document {
  id: string
  recipient: string
  /** The recipient again while queued: messages of one recipient leave in order. */
  queue?: string
  /** The host that it is for. */
  lane?: string
  sequence: number
  /** `dead`: given up, and may be tried again; `dropped`: trying again would be of no use. */
  state: 'queued' | 'sent' | 'dead' | 'dropped'
  /** 'yes' while queued; ordered by nextAt. */
  due?: 'yes'
  nextAt: number
  tries: number
  lastError?: string
  lease?: { owner: string; until: number }
  /** Sealed JSON: a message may hold a code. Dropped once sent. */
  sealed?: string
  createdAt: number
  expiresAt?: number
}

/** A request that a phone has signed: each counts once. The id has the key and the request's `jti`. */
export interface DeviceProof extends Document {
  expiresAt: number
}

/** Failures that belong to no account: an address, or an e-mail nobody has. */
export interface ThrottleRecord extends Document {
  throttle: Throttle
  expiresAt: number
}

/** The chain of one process in the audit log. */
export interface AuditChain extends Document {
  startedAt: number
  /** 'all', so that an index lists them. */
  listed: 'all'
  /** Until it is sure that nothing more is written to it. */
  open?: 'yes'
  /** Only of the first chain: an entry of another says where it ended. */
  closed?: 'yes'
  /** The place that the last checkpoint has of it. */
  checkpointed?: number
  /** What was removed of it as old. */
  pruned?: Sealed
}

/** Where all chains had come to at a moment, in a tree that only grows. */
export interface AuditCheckpoint extends Document {
  number: number
  at: number
  /** What this one added to the tree, in order. */
  leaves: ChainEnd[]
  tree: Tree
  /** What was signed, and left the system. */
  note: string
  listed: 'all'
}

/** Named state of the installation itself: signing keys, the head of the audit log, the demo's seed. */
export interface Setting extends Document {
  id: string
  value: string
}

/** What the demo's inbox caught. */
export interface Caught extends Document {
  id: string
  at: number
  inbox: 'all'
  message: string
}

/** A security event for one stream. Its id is the token's `jti`, the same however often the cause is carried out. */
export interface Signal extends Document {
  id: string
  stream: string
  /** The stream again while the receiver hasn't taken it; ordered by sequence. */
  waiting?: string
  /** The same for what goes out while the stream is paused or disabled too: word that it is. */
  notice?: string
  sequence: number
  /** The claims of the token as JSON text; it is signed when it leaves, with the key of that day. */
  claims: string
  /** How often the receiver answered that it can't take it now. */
  refusals?: number
  /** Why the receiver doesn't take it (RFC 8935 §2.3, RFC 8936 §2.4.4). */
  refused?: string
  createdAt: number
  expiresAt: number
}

/** Someone a receiver doesn't want to hear of (SSF 1.0 §8.1.3.3). The id is `${stream}:${sub}`. */
export interface Unsubscribed extends Document {
  id: string
  stream: string
}

/** Whose a passkey is. Its id is the SHA-256 of the credential id, which belongs to one account for good. */
export interface Credential extends Document {
  account: string
}

/** What a request with an idempotency key was answered, so that a repeat is answered alike. */
export interface Remembered extends Document {
  /** Of the body: the key stands for no other. */
  hash: string
  /** Until when somebody is taken to work on it. */
  until: number
  /** Sealed JSON, once it is answered. */
  reply?: string
  expiresAt: number
}
