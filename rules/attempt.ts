import type { Account, Locale } from './account.ts'
import type { Promising, ShownCodes } from './effect.ts'
import type { FactorKind } from './factor.ts'
import type { MessageKey } from './messages.ts'
import type { PhoneCode } from './phone.ts'
import type { Method, PasskeyProof, Proof } from './proof.ts'

/** What an app may send a person to do, and get them back afterwards. */
export type ActionName =
  | 'enrol'
  | 'manage_factors'
  | 'backup_codes'
  | 'reset_authenticator'
  | 'recovery_status'

export type ActionStatus = 'success' | 'cancelled'

/** Where the person turned on the verification screen. */
export type Choice = FactorKind | 'backup_code' | 'pass' | 'recovery'

/** What a page says at its top: a key of the locale's `message` section. */
export interface PageMessage {
  key: MessageKey
  values?: { [name: string]: string | number }
  /** What was typed and chosen on the form that is refused by it: it comes back, but for secrets. */
  typed?: { [field: string]: string }
}

/** Facts about the request that a person, an approver or a notice is shown. */
export interface Origin {
  address: string
  /** "Firefox on Windows"; empty parts when unknown. */
  browser: string
  system: string
}

/** An origin as flat values, for an effect. */
export function flatOrigin(origin: Origin): { address: string; browser: string; system: string } {
  return { ...origin }
}

/** What the relying app asked for. */
export interface Ask {
  client: string
  /** The app's name as people know it. */
  app: string
  /** The lowest `acr` that will do, if the app insists. */
  acr?: string
  loginHint?: string
  /** How long ago the person may have proven who they are, in seconds; 0 to prove it anew. */
  maxAge?: number
  /** What the app sends the person to do. */
  action?: ActionName
}

/** One sign-in under way, keyed by the interaction's uid. */
export interface Attempt extends Promising {
  id: string
  /** Random; every form of the attempt carries it. */
  form: string
  /** Raised by every change; a decision made on an older revision is not carried out. */
  revision: number
  /** Set once the result was handed to the provider. */
  finishedAt?: number
  ask: Ask
  origin: Origin
  locale: Locale
  account?: string
  /** The provider session that the attempt goes on from. */
  session?: string
  proofs: Proof[]
  choice?: Choice
  /** Shown on the next page. */
  message?: PageMessage
  /** A keyed hash of the last form that changed something. */
  sent?: string
  /** The kind of factor the person wants to set up, where there is a choice. */
  enrolling?: FactorKind
  /** A factor that is lost: the one that is set up next takes its place. */
  replacing?: string
  /** A factor being enrolled: its sealed secret. */
  enrolment?: { factor: string; secret: string }
  /** The person stays signed in when the browser is closed, as they chose. */
  keep?: boolean
  /** The address that stood on a page that was left for another. */
  typed?: string
  /** The person wants this device to be trusted: when the factor was proven that they said so with. */
  trust?: number
  /** What a passkey is asked to sign, until it is answered. */
  passkey?: { challenge: string; expiresAt: number }
  /** A phone that is to become the authenticator: sealed JSON of the token in the QR code and the number. */
  pairing?: { id: string; sealed: string }
  /** A prompt on the person's phones: the sealed number that the page shows. */
  prompt?: { id: string; sealed: string }
  /** Backup codes that the person has not confirmed yet. */
  codes?: ShownCodes
  /** Codes left after one was used, until the person has seen it. */
  codesLeft?: number
  /** The person has forgotten the password: the mailbox is proven in its place, and a new one is set. */
  forgotten?: Forgotten
  /** Sent to the provider of their organization: which, and sealed JSON of what its answer is compared with. */
  upstream?: { id: string; sealed: string }
  /** A code mailed to prove the mailbox: its keyed hash. */
  mailCode?: { hash: string; expiresAt: number; failures?: number; letters?: boolean }
  /** A code sent to a phone. */
  phoneCode?: PhoneCode
  /** The password was guessed at too often: from a browser that isn't known it takes the mailbox as well. */
  mailAsWell?: true
  /** Another request takes the mailbox as well. */
  mailboxFirst?: true
  /** The recovery case that this attempt waits for. */
  case?: string
  /** That case, where the browser that asked for it came back with this sign-in: it is this one's own. */
  asked?: string
  /** An open case that the person was shown and decided to keep. */
  keptCase?: string
  /** Set where the attempt is an action after the sign-in, and not the sign-in itself. */
  action?: ActionName
  actionStatus?: ActionStatus
  /** A method was removed, renamed or made primary on the way. */
  factorsChanged?: true
  /** Steps put off by the person. */
  skipped: ('enrol' | 'passkey')[]
  createdAt: number
  expiresAt: number
}

/** Where someone is who has forgotten the password. */
export interface Forgotten {
  /** What was typed, once it was; nobody is told whether anyone has it. */
  email?: string
  /** Whose it is, and the keyed hash of the code that was mailed; both missing where nobody has the address. */
  account?: string
  code?: { hash: string; expiresAt: number; failures?: number; letters?: boolean }
}

/** How long a sign-in may take, in milliseconds. An attempt that waits for a recovery case lives as long as the case. */
export const attemptLifetime = 3_600_000

/**
 * A sign-in from its beginning: at the start, and when something else ended what was under way. Nothing proven
 * survives; `form` is new, so that no page that is still open can act.
 */
export function freshAttempt(
  start: Pick<Attempt, 'id' | 'form' | 'ask' | 'origin' | 'locale' | keyof Promising>,
  now: number,
  revision = 0,
): Attempt {
  const { id, form, ask, origin, locale, effects, effectsDue, lease } = start
  return {
    id,
    form,
    ask,
    origin,
    locale,
    // What was promised is still kept.
    effects,
    effectsDue,
    lease,
    revision,
    proofs: [],
    skipped: [],
    createdAt: now,
    expiresAt: now + attemptLifetime,
  }
}

/**
 * The attempt as one of this account. Who turns out to be someone else than was thought starts from nothing: what the
 * one has proven says nothing of the other.
 */
export function ofAccount(attempt: Attempt, account: string, now: number): Attempt {
  if (attempt.account === account) return attempt
  if (attempt.account === undefined) return { ...attempt, account }
  return { ...freshAttempt(attempt, now, attempt.revision), account }
}

/** What still stood when something of their own doing made everything before void: proven as of then. */
export function withStanding(attempt: Attempt, standing: Proof[], validAfter: number): Attempt {
  return { ...attempt, proofs: standing.map((proof) => ({ ...proof, at: Math.max(proof.at, validAfter) })) }
}

export function hasProof(attempt: Attempt, ...methods: Method[]): boolean {
  return attempt.proofs.some((proof) => methods.includes(proof.method))
}

/**
 * Adds a proof that is given now, and ends what was said and sent on the way to it. It comes after `validAfter`, also
 * when the clock was set back meanwhile.
 */
export function withProof(
  attempt: Attempt,
  method: Method,
  now: number,
  { validAfter, passwordVersion }: Pick<Account, 'validAfter' | 'passwordVersion'>,
  passkey?: PasskeyProof,
): Attempt {
  const others = attempt.proofs.filter((proof) => proof.method !== method)
  const { message: _, phoneCode: _code, prompt: _prompt, ...rest } = attempt
  const proof = {
    method,
    at: Math.max(now, validAfter),
    password: method === 'pwd' ? passwordVersion : undefined,
    passkey,
  }
  return { ...rest, proofs: [...others, proof] }
}
