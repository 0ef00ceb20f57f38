import type { CheckUpReason } from '../../rules/check-up.ts'
import type { FactorKind } from '../../rules/factor.ts'
import type { PairingState } from '../../rules/pairing.ts'
import type { CaseStatus } from '../../rules/recovery-case.ts'
import type {
  AppAbout,
  Enrolment,
  FactorPage,
  Form,
  Moment,
  Phone,
  PhoneCodeSent,
  PromptState,
  ShownFactor,
} from './parts.ts'

/** Pages of a sign-in, and what it sets up on the way. */
export interface SignInPages {
  /** POST password: email, password, keep=yes; or email, via=forgot. POST passkey/sign-in: credential, keep. The first page of a sign-in. */
  password: Form & {
    app: string
    about?: AppAbout
    email?: string
    passkeys: boolean
    /** Nobody changes one here. */
    passwordsElsewhere?: true | undefined
    /** Some sign in at a provider of their organization: POST password: email, via=upstream. */
    organizations?: boolean
    /** Whether the box "Keep me signed in" is ticked; undefined where nobody is asked. */
    keep?: boolean | undefined
  }
  /** The first factor is proven elsewhere. POST upstream. */
  upstream: Form & { email: string; name: string }
  /** POST totp: code. POST choose: choice, one of `ways`. */
  totp: Form & FactorPage & { own?: boolean }
  /**
   * A prompt on the person's phone. POST push goes on once the phone has answered, POST push/send asks again; GET status
   * is JSON { status }.
   */
  push: Form & FactorPage & { state: PromptState; app: string; number?: string; from?: Moment }
  /** A code by text or call. POST phone/send: phone, channel=sms | voice. POST phone: code, once one was sent. */
  phone: Form & FactorPage & { phones: Phone[]; sent?: PhoneCodeSent }
  /** POST passkey: credential. POST passkey/decline: back to an app that insists on it. */
  passkey: Form & FactorPage & { canDecline: boolean }
  /** POST backup-code: code. */
  backup_code: Form & Omit<FactorPage, 'trustDays'> & { left: number }
  /** TOTP enrolment. POST enrol-totp: code. POST enrol/skip. POST enrol/choose: kind, one of `kinds`. */
  enrol_totp: Form & {
    email: string
    secret: string
    uri: string
    recovered: boolean
  } & Enrolment
  /**
   * A number as second factor. POST enrol-phone/send: country, number, channel=sms | voice. Once a code was sent, POST
   * enrol-phone: code, enrol-phone/again: channel, enrol-phone/change.
   */
  enrol_phone: Form & {
    email: string
    countries: { id: string; name: string; callingCode: string }[]
    sent?: PhoneCodeSent
  } & Enrolment
  /** POST enrol-passkey: credential, name. POST enrol/skip, enrol/choose. */
  enrol_passkey: Form & { email: string; recovered: boolean } & Enrolment
  /**
   * Our authenticator on a phone. POST enrol-push goes on once the number was typed there, POST enrol-push/again shows a
   * new QR code; GET status is JSON { status }.
   */
  enrol_push: Form & {
    email: string
    recovered: boolean
    state: PairingState
    /** What the QR code holds. */
    link: string
    number?: string
    /** What the phone says it is. */
    device: string
  } & Enrolment
  /** POST backup-codes: saved=yes. GET backupCodes.txt, and backupCodes.pdf with `pdf`. */
  backup_codes: Form & {
    email: string
    issuer: string
    /** Where to sign in, as it is on paper. */
    address: string
    codes: string[]
    set: number
    createdAt: Moment
    canCancel: boolean
    /** What draws a sheet is installed. */
    pdf: boolean
  }
  /**
   * An action of an app: the person's methods. POST factors/remove, factors/primary: factor. POST factors/rename: factor,
   * name. POST factors/done.
   */
  factors: Form & { email: string; factors: ShownFactor[]; canRemoveLast: boolean }
  /** After a sign-in with a backup code. POST codes-left: next=continue | new | replace, factor. */
  codes_left: Form & { left: number; factors: ShownFactor[] }
  /**
   * At the end of a sign-in, now and then. POST check-up/done; check-up/enrol: kind, one of `kinds`; check-up/codes;
   * check-up/keep and check-up/remove: factor, one of `stale`.
   */
  check_up: Form & {
    email: string
    reasons: CheckUpReason[]
    factors: ShownFactor[]
    /** Ids of factors that were not used for a year. */
    stale: string[]
    codesLeft: number
    addresses: string[]
    kinds: FactorKind[]
  }
  /** A one-time pass of the help desk. POST pass: code. */
  pass: Form & Omit<FactorPage, 'trustDays'> & { until: Moment }
  /** After a reset, in another browser: open the link of the completion mail in this one. POST choose: choice=recovery. */
  completion_link: Form & { email: string; until: Moment; expired: boolean }
  /** A code was mailed to prove the mailbox. POST mail-code: code. POST mail-code/send. */
  mail_code: Form & {
    email: string
    sent: boolean
    letters?: boolean
    why: 'password' | 'case' | 'guessed' | 'disputed'
  }
  /** POST new-password: password. */
  new_password: Form & { email: string; forgotten: boolean; least: number }
  /** The password is forgotten. POST forgot/send: email. POST forgot/code: code. POST forgot/leave. */
  forgot: Form & { email?: string; sent: boolean; letters?: boolean }
  /** A forgotten password that can't be replaced. POST choose: choice. POST forgot/leave. */
  forgot_lost: Form & { email: string; canGoBack: boolean }
  /** The account may not sign in. */
  inactive: Form & {
    status: 'deactivated' | 'removed'
    /** POST inactive/verify leads to the provider of identity verification. */
    canVerify: boolean
    /** POST inactive/cancel. */
    request?: { status: CaseStatus; openedAt: Moment; expiresAt: Moment }
    /** The reason given, perhaps empty. */
    refused?: string
  }
  /** The organization of the app has suspended the membership. */
  suspended: Form & { organization: string; app: string }
  /** POST consent: decision=allow | deny. */
  consent: Form & { app: string; about?: AppAbout; scopes: string[]; email: string; appHost: string }
}
