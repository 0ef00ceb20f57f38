import type { Activity } from '../../rules/activity.ts'
import type { Origin } from '../../rules/attempt.ts'
import type { FactorKind } from '../../rules/factor.ts'
import type { CaseStatus } from '../../rules/recovery-case.ts'
import type { Form, Moment, ShownFactor } from './parts.ts'

/** Where people look after their own account. */
export interface SecurityPages {
  /** People look after their own account. POST sessions: end. POST devices: device. POST request. POST methods: kind. */
  security: Form & {
    email: string
    /** Nobody changes one here. */
    passwordsElsewhere?: true | undefined
    factors: ShownFactor[]
    /** There is one method that works, and nothing to turn to when it is lost. */
    alone: boolean
    /** An organization of the person insists on a second factor. */
    required: boolean
    /** What can be set up. */
    kinds: FactorKind[]
    codes?: { left: number; createdAt: Moment; provenAt: Moment | undefined }
    sessions: { id: string; at: Moment; origin?: Origin; apps: string[]; here: boolean }[]
    /** What apps were granted. POST apps: app. */
    apps: { id: string; name: string; scopes: string[]; since: Moment }[]
    /** Browsers that the person has signed in with. */
    devices: { id: string; at: Moment; origin: Origin; here: boolean; trustedUntil?: Moment }[]
    /** The newest first; `client` is an app's name. */
    activity: Activity[]
    addresses: string[]
    /** An open recovery case. */
    request?: { status: CaseStatus; openedAt: Moment; origin: Origin }
    /** Where identities can be verified: when the person enrolled. */
    identity?: { enrolledAt?: Moment }
  }
  /** One method. POST: change=rename (name) | primary | remove. */
  security_method: Form & {
    email: string
    factor: ShownFactor
    /** The only one. */
    last: boolean
    required: boolean
  }
  /** POST: code. POST new. */
  security_codes: Form & {
    email: string
    set?: number
    createdAt?: Moment
    provenAt?: Moment | undefined
    left: number
    /** Codes stand in for a second factor, so there must be one. */
    canMake: boolean
  }
  /** POST: change=ask (address) | prove (code) | remove (address). */
  security_addresses: Form & {
    email: string
    addresses: { address: string; signIn: boolean }[]
    /** The address that a code was mailed to. */
    pending?: string
    full: boolean
  }
  /** POST: current, password, others=yes. */
  security_password: Form & { email: string; least: number }
  /** Enrolment for identity verification. POST: change=enrol | remove. */
  security_identity: Form & { email: string; enrolledAt?: Moment }
  /** POST: the new sign-in address counts. */
  confirm_address: Form & { before: string; address: string }
}
