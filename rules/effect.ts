import type { AuditEvent } from './audit/events.ts'
import type { localeTags } from './locale.ts'
import type { MessageKey } from './messages.ts'
import type { Notice } from './notice.ts'
import type { Method, PasskeyProof } from './proof.ts'

/**
 * Something that must happen because a document changed. It is stored in that very document, so that the change and
 * the promise are one atomic write, and struck off when done; every kind is idempotent, so a crash between doing and
 * striking off does no harm.
 */
export type Effect =
  | Notice
  | AuditEffect
  | SignalEffect
  | SuperAdminsEffect
  | SendMessage
  | StripAccount
  | IssuePass
  | ExpirePassword
  | EndSessions
  | EndSome
  | EndApp
  | EndAttempts
  | EndCases
  | ForgetDevice
  | Reactivate
  | EndMembership
  | EndAppsOf
  | ListPerson
  | InviteEffect
  | MailInvitation
  | EndProposal
  | Join
  | Demote
  | ForgetAccount
  | AddProof
  | ShowCodes
  | AskPhones
  | PromptRefused
  | GoOn
  | SayToAttempt
  | EnrolIdentity
  | SetPassword
  | VoidBefore
  | KeepSetting
  | KeepApp
  | RotateKeys
  | RetryParcel

export type EffectKind = Effect['kind']

export type EffectOf<K extends EffectKind> = Extract<Effect, { kind: K }>

export interface AuditEffect {
  kind: 'audit'
  id: string
  event: AuditEvent
  actor?: string
  subject?: string
  case?: string
  detail: { [name: string]: string | number | boolean }
}

interface OfAccount {
  id: string
  account: string
}

/** Factors, backup codes and everything that began before are void, in one write. */
export interface StripAccount extends OfAccount {
  kind: 'strip_account'
  case: string
  /** The attempt that waited. */
  keep?: string
}

/** The account gets a one-time pass; its factors stay until a new one is enrolled. */
export interface IssuePass extends OfAccount {
  kind: 'issue_pass'
  case: string
}

/** The next sign-in sets a new password. */
export interface ExpirePassword extends OfAccount {
  kind: 'expire_password'
  case?: string
}

/** Sessions, grants and tokens at the provider end, and the apps are told. */
export interface EndSessions extends OfAccount {
  kind: 'end_sessions'
  case?: string
  /** The attempt that may go on, and the session it goes on from. */
  keep?: string
  keepSession?: string
}

/** One session ends, or all but `keepSession`, with what hangs on them; the apps are told. */
export interface EndSome extends OfAccount {
  kind: 'end_some'
  session?: string
  keepSession?: string
}

/** What an app was granted ends, with its tokens; it is told. */
export interface EndApp extends OfAccount {
  kind: 'end_app'
  client: string
}

/** Sign-ins under way start over, but for those that may go on. */
export interface EndAttempts extends OfAccount {
  kind: 'end_attempts'
  case?: string
  keep?: string
  /** The case that those may go on which waited for it as their own. */
  asked?: string
  keepSession?: string
}

/** The open request of an account that may not sign in any more is cancelled. */
export interface EndCases extends OfAccount {
  kind: 'end_cases'
  /** Who caused it, where that is someone else. */
  by?: string
}

/** A browser is unknown again, and not trusted any more. */
export interface ForgetDevice extends OfAccount {
  kind: 'forget_device'
  device: string
}

/** A deactivated or removed account may sign in again. */
export interface Reactivate extends OfAccount {
  kind: 'reactivate'
  case?: string
  by?: string
}

/** The person belongs to an organization no more. */
export interface EndMembership extends OfAccount {
  kind: 'end_membership'
  organization: string
}

/** What the apps of an organization have of a person ends; the other apps, and the sessions, go on. */
export interface EndAppsOf extends OfAccount {
  kind: 'end_apps_of'
  organization: string
}

/** Lists say what is true of a person now. */
export interface ListPerson extends OfAccount {
  kind: 'list_person'
}

/** An invitation begins, because somebody was made who has no password yet. */
export interface InviteEffect {
  kind: 'invite'
  id: string
  /** The whole of it, as JSON: it is written as it was promised. */
  invitation: string
}

/** The mail with the link by which an invitation is accepted. */
export interface MailInvitation {
  kind: 'mail_invitation'
  id: string
  invitation: string
  /** Which of its mails: each has a link of its own. */
  sent: number
}

/** A proposal that was carried out waits no more. */
export interface EndProposal {
  kind: 'end_proposal'
  id: string
  proposal: string
  serial: string
}

/** Whoever has accepted an invitation becomes a member, and somebody where they were nobody yet. */
export interface Join extends OfAccount {
  kind: 'join'
  invitation: string
  organization: string
  address: string
  name: string
  role: 'super_admin' | 'member'
  locale: (typeof localeTags)[number] | undefined
  /** The hash of their first password, sealed for this effect; missing where they have one. */
  sealed: string | undefined
  /** Who makes them a member, if not they themselves. */
  by?: string | undefined
  at: number
}

/** A super admin is a member like any other. */
export interface Demote extends OfAccount {
  kind: 'demote'
  organization: string
}

/** Nothing is left of an account but what the log says of it. */
export interface ForgetAccount extends OfAccount {
  kind: 'forget_account'
}

/** What was spent or set up on an account counts in the sign-in that did it, if that is still where it was. */
export interface AddProof extends OfAccount {
  kind: 'add_proof'
  attempt: string
  revision: number
  method: Method
  passkey?: PasskeyProof
  at: number
  codesLeft?: number
  /** It was set up: what is to be shown because of that, and since when the browser is trusted. */
  enrolled?: { codes?: ShownCodes; trust?: number }
}

/** Backup codes that a page shows once: sealed JSON of the codes. */
export interface ShownCodes {
  set: number
  sealed: string
}

/** Backup codes that were made are shown in the sign-in that made them, if that is still where it was. */
export interface ShowCodes extends OfAccount {
  kind: 'show_codes'
  attempt: string
  revision: number
  codes: ShownCodes
}

/** The phones of the person are asked whether it is them who signs in. */
export interface AskPhones extends OfAccount {
  kind: 'ask_phones'
  attempt: string
  prompt: string
  /** The number that the page shows, sealed for the prompt. */
  sealed: string
  /** Set where a browser asks that the person has used. */
  known?: true
}

/** "It wasn't me" on a phone: the sign-in that asked ends, everyone is told, and further prompts come slower. */
export interface PromptRefused extends OfAccount {
  kind: 'prompt_refused'
  prompt: string
}

/** What a verified identity leads to: the case goes on, or the person is mailed the link with which it does. */
export interface GoOn extends OfAccount {
  kind: 'go_on'
  case: string
  run: string
  how: 'at_once' | 'by_mail'
}

/** The next page of a sign-in that waits says how something went. */
export interface SayToAttempt extends OfAccount {
  kind: 'say_to_attempt'
  attempt: string
  key: MessageKey
}

/** The identity that was verified is the person's from now on. */
export interface EnrolIdentity extends OfAccount {
  kind: 'enrol_identity'
  subject: string
  issuer: string
  at: number
}

/** The person gets another password. What is told, and what ends with it, follows once it is set. */
export interface SetPassword extends OfAccount {
  kind: 'set_password'
  /** The password, sealed for this effect. */
  sealed: string
  /** The version it takes the place of, and whether that had to go: of two changes only the first counts. */
  seen: string
  expired?: string
  /** What began before is void then. */
  voids?: number
  told: Effect[]
}

/** Sessions, grants and tokens that began before are void. */
export interface VoidBefore extends OfAccount {
  kind: 'void_before'
  at: number
}

/** A message of its own, that is no notice: sealed JSON, as it may hold a code. */
export interface SendMessage {
  kind: 'send'
  id: string
  queue: string
  sealed: string
}

/** A named setting of the installation takes a value. */
export interface KeepSetting {
  kind: 'keep_setting'
  id: string
  setting: string
  value: string
}

/** The registration of an app, sealed, as it may hold a secret; missing where the app is to be forgotten. */
export interface KeepApp {
  kind: 'keep_app'
  id: string
  app: string
  sealed?: string
}

/** New signing keys; with `withdraw` those before are void at once. */
export interface RotateKeys {
  kind: 'rotate_keys'
  id: string
  withdraw: boolean
}

/** What was given up in the outbox is tried again. */
export interface RetryParcel {
  kind: 'retry_parcel'
  id: string
  parcel: string
}

/** A notice to every super admin of an organization but the one who caused it. */
export interface SuperAdminsEffect extends Pick<Notice, 'id' | 'name' | 'data'> {
  kind: 'tell_super_admins'
  organization: string
  except: string
}

/** What relying apps are told because of one change, in this order. */
export interface SignalEffect {
  kind: 'signal'
  id: string
  account: string
  /** Names the cause (RFC 8417 §2.2): events of one recovery case share it, from the request to the new factor. */
  txn: string
  events: SignalEvent[]
}

/** One event of a Security Event Token (RFC 8417 §2): its type and what stands under it in `events`. */
export interface SignalEvent {
  type: string
  claims: { [claim: string]: unknown }
}

/** What a document that promises something carries beside itself. */
export interface Promising {
  /** What must still happen because of a change to this document, in order. */
  effects?: Effect[]
  /** 'yes' while effects are left; an index finds them after a crash. */
  effectsDue?: 'yes'
  /** Which process works on the effects, and until when. */
  lease?: Lease
}

export interface Lease {
  owner: string
  until: number
}

/** Adds effects to a document that carries them, and marks it so that an index finds it. */
export function withEffects<T extends Promising>(document: T, effects: Effect[]): T {
  if (effects.length === 0) return document
  return { ...document, effects: [...(document.effects ?? []), ...effects], effectsDue: 'yes' }
}

/** Strikes an effect off. */
export function withoutEffect<T extends Promising>(document: T, id: string): T {
  const effects = document.effects?.filter((effect) => effect.id !== id) ?? []
  if (effects.length > 0) return { ...document, effects }
  const { effectsDue: _, ...rest } = document
  return { ...rest, effects } as T
}
