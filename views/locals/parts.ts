import type { AppFault } from '../../rules/app-fault.ts'
import type { Choice, Origin, PageMessage } from '../../rules/attempt.ts'
import type { FactorKind } from '../../rules/factor.ts'
import type { CaseStatus } from '../../rules/recovery-case.ts'

/** What every form needs: where it posts below, and the token that binds it to its attempt or session. */
export interface Form {
  /** '/interaction/<uid>', '/recovery/approve/<token>' … */
  base: string
  /** Value of the hidden field `form`. */
  form: string
  message?: PageMessage
}

/** What an app shows of itself: addresses of its logo and of what it says of privacy and terms. */
export interface AppAbout {
  logo?: string | undefined
  privacy?: string | undefined
  terms?: string | undefined
}

/** What every page has that asks for a second factor. */
export interface FactorPage {
  email: string
  /** The person's request to reset all this, while it is open. POST whose-case: decision=mine | disavow. */
  request?: OpenRequest
  /** The other ways. POST choose: choice. */
  ways: Choice[]
  /** For how many days this device may be trusted (the field `trust`); 0 for not at all. */
  trustDays: number
}

/** An open request, as whoever knows the password sees it. */
export interface OpenRequest {
  /** This sign-in waits for it, or this browser sent it. */
  own: boolean
  status: CaseStatus
  openedAt: Moment
  expiresAt: Moment
  holdUntil?: Moment
  origin: Origin
}

/** What every page that sets a factor up has. */
export interface Enrolment {
  canSkip: boolean
  /** Where skipping leads, if not on: back to the app, or nowhere, as the app insists. */
  skipTo?: 'app' | 'unmet'
  /** The other kinds of factors that can be set up. */
  kinds: FactorKind[]
}

/** A number that a code can be sent to, masked. */
export interface Phone {
  id: string
  number: string
  /** Or calls only. */
  takesTexts: boolean
}

/** A code that is on its way, and whether it got through as far as its carrier said. */
export interface PhoneCodeSent {
  /** Masked. */
  number: string
  channel: 'sms' | 'voice'
  takesTexts: boolean
  failed?: 'unanswered' | 'undelivered'
  /** Milliseconds until it is time for another one; missing where it is. */
  againIn?: number | undefined
}

/** A second factor as pages show it. */
export interface ShownFactor {
  id: string
  kind: FactorKind
  /** The person's own name for it, or ''. */
  name: string
  /** A phone number, masked. */
  number?: string
  createdAt: Moment
  lastUsedAt?: Moment
  /** Whether sign-ins ask for it first. */
  primary: boolean
  /** Disabled by guessing. */
  off: boolean
}

/** Where a prompt stands: `over` and `failed` may be sent anew, `limited` only later. */
export type PromptState = 'waiting' | 'answered' | 'failed' | 'over' | 'limited'

/** Milliseconds since 1970, shown in the reader's language and, with JavaScript, time zone. */
export type Moment = number

/** A request as it stands in an inbox. */
export interface ListedRequest {
  id: string
  name: string
  email: string
  status: CaseStatus
  kind?: 'reactivation' | undefined
  openedAt: Moment
  until: Moment
  approvals: number
  approvalsNeeded: number
  /** Why the reader doesn't decide it; they do where it is missing. */
  notMine?: string | undefined
}

/** What is on its way, without what is in it. */
export interface ListedParcel {
  id: string
  recipient: string
  lane: string
  tries: number
  createdAt: Moment
  nextAt: Moment
  lastError?: string | undefined
}

/** Rooms of our own pages. */
export type Room = 'security' | 'administration' | 'support' | 'operator'

/** What stands around a page of our own: the way to the others, to another language, out, and back to the app. */
export interface Frame {
  /** The room this page is in. */
  here?: Room | undefined
  /** Those that this person may go to. */
  places: Room[]
  /** Value of the hidden field `form`. */
  form: string
  /** The page to come back to in another language, as the form carries it. */
  current: string
  back?: { name?: string; href: string } | undefined
}

/** The form that asks for another language. POST: locale. */
export interface LanguageForm {
  /** A path of ours. */
  action: string
  /** Value of the hidden field `form`. */
  form: string
  /** The page to come back to, where the action doesn't know it. */
  back?: string | undefined
}

/** A form to be sent on, and why. */
export interface Onward {
  why: 'app' | 'switch' | 'signed_out' | 'device'
  action: string
  fields: { name: string; value: string }[]
  app?: string
}

/** What the people who build an app need to know of a request that was refused; all of it is ours or registered here. */
export interface ForDevelopers {
  fault: AppFault
  /** By its standard name. */
  error: string
  /** Its `client_id`, where it is registered. */
  client?: string
}

/** Where a page leads that ends something: the same page again, the app, the beginning, or somebody else's sign-in. */
export interface WayOut {
  to: 'again' | 'app' | 'start' | 'switch'
  /** A path of ours, or the address of an app. */
  href: string
  app?: string
}

/** Long work that is under way. */
export interface Working {
  begunAt: Moment
  seen: number
}
