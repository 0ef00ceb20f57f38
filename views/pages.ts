import type { FactorKind, RecoveryRoute } from '../rules/account.ts'
import type { Activity } from '../rules/activity.ts'
import type { AppFault } from '../rules/app-fault.ts'
import type { Choice, Origin, PageMessage } from '../rules/attempt.ts'
import type { CheckUpReason } from '../rules/check-up.ts'
import type { MemberChange } from '../rules/member-change.ts'
import type { PairingState } from '../rules/pairing.ts'
import type { PolicySettings } from '../rules/policy-change.ts'
import type { OrganizationWeakness, Weakness } from '../rules/readiness.ts'
import type { CaseStatus } from '../rules/recovery-case.ts'
import type { DrawnWay } from './readiness-picture.ts'

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
  /** The page to come back to in another language. */
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

/** The locals of each page. A page's file is views/pages/<name>.ejs. */
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

export interface Pages {
  api: {
    tags: {
      name: string
      operations: {
        id: string
        method: string
        path: string
        scope: string
        summary: string
        says?: string | undefined
        operator: boolean
        decision: boolean
      }[]
    }[]
    problems: { reason: string; status: number; says: string }[]
  }
  /** POST password: email, password. POST passkey/sign-in: credential. POST forgot. The first page of a sign-in. */
  password: Form & {
    app: string
    about?: AppAbout
    email?: string
    passkeys: boolean
    /** Nobody changes one here. */
    passwordsElsewhere?: true | undefined
    /** Some sign in at a provider of their organization: POST password: email, via=upstream. */
    organizations?: boolean
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
  /** Explains "Reset authentication device". POST recovery/open. */
  recovery: Form & {
    email: string
    organization?: string
    approvers: number
    /** The first of them by name, where people may know. */
    asked: string[]
    /** Nobody can be asked, as the person is the only super admin. */
    onlyAdmin: boolean
    routes: RecoveryRoute[]
    supportHours: number
    /** How long a request waits for a decision, in milliseconds. */
    lifetime?: number
  }
  /** Somebody opened a case in another sign-in. POST whose-case: decision=mine | disavow. */
  whose_case: Form & { email: string; status: CaseStatus; openedAt: Moment; origin: Origin }
  /** Shows where the case stands. POST recovery/cancel; GET recovery/status is JSON { status }. */
  recovery_waiting: Form & {
    email: string
    status: CaseStatus
    route?: RecoveryRoute
    organization?: string
    approvers: number
    /** The first of them by name, where people may know. */
    asked: string[]
    /** POST recovery/code mails the code again. */
    canSendCode: boolean
    /** Another sign-in opened it: this one can only look on. POST recovery/leave. */
    joined: boolean
    openedAt: Moment
    expiresAt: Moment
    holdUntil?: Moment
    /** From which device and network; an Origin is put into the reader's words. */
    origin: Origin | string
    /** POST recovery/support: statement. */
    canAskSupport: boolean
    supportHours: number
    /** POST recovery/identity leads to the provider of identity verification. */
    canVerify: boolean
    /** POST recovery/admin: asks the super admins instead. */
    canAskAdmin: boolean
  }
  /** The link in each mail about a request. POST: change=cancel | code. */
  case_status: Form & {
    email: string
    status: CaseStatus
    kind?: 'reactivation'
    route?: RecoveryRoute
    open: boolean
    openedAt: Moment
    expiresAt: Moment
    holdUntil?: Moment
    origin: Origin
    approvers: number
    asked: string[]
    /** Why it was denied. */
    reason?: string
    canCancel: boolean
    canSendCode: boolean
    start: string
  }
  /** The case ended without a reset. POST recovery/close. */
  recovery_closed: Form & { status: CaseStatus; reason?: string }
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
  /** POST backup-codes: saved=yes. GET backupCodes.pdf, backupCodes.txt. */
  backup_codes: Form & {
    email: string
    issuer: string
    codes: string[]
    set: number
    createdAt: Moment
    canCancel: boolean
  }
  /**
   * An action of an app: the person's methods. POST factors/remove, factors/primary: factor. POST factors/rename: factor,
   * name. POST factors/done.
   */
  factors: Form & { email: string; factors: ShownFactor[]; canRemoveLast: boolean }
  /** There is no open request. POST no-case. */
  no_case: Form
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
  /** Signed in with the old factor while a case is open. POST open-case: decision=keep | cancel | disavow. */
  open_case: Form & { status: CaseStatus; openedAt: Moment; origin: Origin }
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
  /** A verification came back in another browser than it began in. POST: decision=go_on | disavow. */
  identity_confirm: Form & {
    email: string
    app: string
    openedAt: Moment
    origin: Origin
    kind?: 'reactivation'
  }
  identity_done: { outcome: 'moved' | 'ended' }
  identity_failed: { message: PageMessage }
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
    /** A name that wasn't taken. */
    typed?: string
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
    typed?: string
    full: boolean
  }
  /** POST: current, password, others=yes. */
  security_password: Form & { email: string; least: number }
  /** Enrolment for identity verification. POST: change=enrol | remove. */
  security_identity: Form & { email: string; enrolledAt?: Moment }
  /** The organizations of a super admin of several. */
  administration: { admin: string; organizations: { id: string; name: string }[] }
  /** GET: q, role, status, methods, signed, sort, way, after. POST several: pick_<id>=yes, change. */
  members: Form & {
    admin: string
    organization: string
    /** What the list was asked for; '' for anything. */
    asked: {
      q: string
      role: string
      status: string
      methods: string
      signed: string
      sort: string
      way: string
    }
    members: {
      id: string
      name: string
      email: string
      status: string
      role: string
      methods: 'none' | 'one' | 'several'
      noCodes: boolean
      signedInOn?: Moment | undefined
    }[]
    /** How many there are; at least, where `more`. */
    count?: number | undefined
    more?: boolean | undefined
    /** Where the next page begins. */
    next?: string | undefined
    /** Changes of roles that wait for a second super admin. */
    proposals: number
  }
  /** One change for several members: what will happen, then what did. POST: sure=yes, reason, and what was chosen. */
  several: Form & {
    back: string
    organization: string
    change: MemberChange
    lines: { id: string; name: string; email: string; refusal?: string | undefined }[]
    done: boolean
    keepDays: number
  }
  /** POST: change=invite | create (address, name, role, locale) | resend | revoke (id). */
  invitations: Form & {
    back: string
    organization: string
    /** Accounts of these can be made at once. */
    domains: string[]
    invitations: {
      id: string
      address: string
      name: string
      role: string
      sentAt: Moment
      expiresOn: Moment
      over: boolean
    }[]
  }
  /** POST: name, password of somebody new; nothing of somebody who has an account. */
  invitation: Form & {
    organization?: string | undefined
    inviter: string
    address: string
    name: string
    role: string
    known: boolean
    /** How long the password has to be. */
    least: number
  }
  /** POST: the new sign-in address counts. */
  confirm_address: Form & { before: string; address: string }
  /** POST: a field for each setting, version, and sure=yes where the page asks for it. */
  policy: Form & {
    back: string
    admin: string
    organization: string
    /** Of the policy that the form is filled in for. */
    version: string
    settings: PolicySettings
    /** Numbers as they were typed. */
    typed: { trustedDeviceDays: string; holdAfterApprovalHours: string; supportHoldHours: string }
    /** The kinds of second factors that the installation offers. */
    kinds: readonly FactorKind[]
    /** Whether a photo ID can be asked for. */
    proofing: boolean
    askSure: boolean
    /** It is what new organizations begin with. */
    defaults?: true
  }
  /** Requests of an organization, for its super admins. */
  requests: {
    base: string
    back: string
    organization: string
    open: ListedRequest[]
    past: ListedRequest[]
    /** Where the past goes on. */
    next?: string | undefined
    /** The first page, which has the open ones. */
    first: boolean
    now: Moment
  }
  /** One of them, with everything that happened. */
  reset_request: {
    base: string
    back: string
    subject: { name: string; email: string }
    organization: string
    state: CaseStatus
    app: string
    openedAt: Moment
    until: Moment
    approvals: number
    approvalsNeeded: number
    facts: { key: string; value: string | Moment }[]
    history: { at: Moment; status: CaseStatus; by?: string | undefined; reason?: string | undefined }[]
    /** Why the reader doesn't decide it; they do where it is missing. */
    notMine?: string | undefined
  }
  /** A super admin begins a reset for somebody who has called. POST: spoken=yes, reason. */
  begin_reset: Form & {
    back: string
    member: { name: string; email: string }
    organization: string
    /** Another super admin has to approve it. */
    another: boolean
    approvers: number
    /** There is a number to call back. */
    phone: boolean
  }
  /** POST: do=drill | answer. */
  readiness: Form & {
    back: string
    organization: string
    score: number
    weaknesses: OrganizationWeakness[]
    looked: number
    more: boolean
    /** How many active members of all lack it. */
    lacking: { none: number; one: number; no_codes: number }
    superAdmins: number
    /** Approvals that a request needs. */
    needed: number
    /** Milliseconds. */
    usuallyDecided?: number | undefined
    weak: { id: string; name: string; email: string; role: string; score: number; weaknesses: Weakness[] }[]
    drill?:
      | {
          at: Moment
          asked: number
          answers: { name: string; after: number }[]
          /** The reader was asked, and hasn't answered. */
          open: boolean
          enough?: number | undefined
        }
      | undefined
  }
  person_readiness: {
    back: string
    member: { name: string; email: string }
    score: number
    weaknesses: Weakness[]
    ways: DrawnWay[]
    usuallyDecided?: number | undefined
  }
  /** The log. GET with the filters; POST: do=export (format=csv | jsonl), verify, keep (days). */
  audit: Form & {
    /** All of it where it is missing. */
    organization?: string | undefined
    back: string
    asked: { person: string; actor: string; event: string; case: string; from: string; to: string }
    entries: {
      at: Moment
      event: string
      times: number
      actor?: string | undefined
      subject?: string | undefined
      subjectId?: string | undefined
      case?: string | undefined
      detail: { name: string; value: string }[]
    }[]
    /** Everything that an entry may be about. */
    events: readonly string[]
    /** The query of the next page. */
    next?: string | undefined
    chains: {
      signedAt?: Moment | undefined
      verified?: { at: Moment; entries: number; fault?: object | undefined } | undefined
      keepDays: number
    }
    operator: boolean
    days: string
  }
  /** What can't be taken back is asked once: the same form again, with sure=yes. */
  confirm: Form & {
    /** Which texts. */
    kind: string
    values: { [name: string]: string | number }
    fields: { name: string; value: string }[]
    back: string
  }
  /** How the installation is. */
  operator: {
    versions: { rekey: string; node: string }
    issuer: string
    /** Milliseconds. */
    store: number
    outbox: { waiting: number; dead: number; oldest?: Moment | undefined; most: number }
    signedAt?: Moment | undefined
    verified?: { at: Moment; good: boolean } | undefined
    keysFrom?: Moment | undefined
    ring: readonly string[]
    agents: number
    operators: number
    health: { [part: string]: 'ok' | 'look' | 'bad' }
  }
  /** POST: id, name, superAdmin; or change=domains (organization, domains). */
  operator_organizations: Form & {
    organizations: { id: string; name: string; createdAt: Moment; superAdmins: number; domains: string[] }[]
    next?: string | undefined
  }
  /** POST: email, role=supportAgent | operator, change=add | remove, reason. */
  operator_support: Form & {
    cases: ListedRequest[]
    staff: {
      [role in 'supportAgent' | 'operator']: { name: string; email: string; status: string; self: boolean }[]
    }
    now: Moment
  }
  operator_apps: {
    message?: PageMessage | undefined
    apps: { id: string; name: string; from: 'settings' | 'store'; secret: boolean }[]
    next?: string | undefined
  }
  /** POST: do=save (the values) | rotate (days) | remove. */
  operator_app: Form & {
    /** A new one where it is missing. */
    app?:
      | undefined
      | {
          id: string
          name: string
          from: 'settings' | 'store'
          secret: boolean
          previousUntil?: Moment | undefined
        }
    /** 'there' for one that is registered. */
    outcome?: 'there' | undefined
    issuer: string
    values: { [field: string]: string }
    /** In the library's words. */
    faults: string[]
  }
  /** A secret, shown once. */
  operator_secret: { id: string; secret: string; back: string; until?: Moment }
  /** POST: change=rotate | withdraw | reseal. */
  operator_keys: Form & {
    signing?: { kid: string; alg: string; signsFrom: Moment; signs: boolean }[] | undefined
    ring: readonly string[]
    /** The last time that everything was sealed anew. */
    care?: { at: Moment; resealed: number; keys: { id: string; needed: number }[] } | undefined
  }
  /** POST: retry, an id or all. */
  operator_outbox: Form & { waiting: ListedParcel[]; dead: ListedParcel[]; next?: string | undefined }
  /** Webhooks of an organization; all of them where it is missing. */
  webhooks: {
    base: string
    back: string
    message?: PageMessage | undefined
    organization?: string | undefined
    /** How many events, 0 for all; `of` is the organization that it belongs to. */
    webhooks: {
      id: string
      url: string
      description: string
      events: number
      paused: boolean
      of?: string | undefined
    }[]
    next?: string | undefined
  }
  /**
   * POST: url, description, which=all | chosen, event_<event>=yes (with - for the dot), for a new one; do=save with the
   * same and version | pause | resume | roll | test | replay (message) | remove for one that is there.
   */
  webhook: Form & {
    list: string
    back: string
    organization?: string | undefined
    /** 'there' for one that was made. */
    outcome?: 'there' | undefined
    paused?: boolean | undefined
    events: readonly string[]
    values: { url: string; description: string; version: string; chosen: readonly string[] }
    messages: {
      id: string
      event: string
      at: Moment
      state: 'waiting' | 'taken' | 'dead'
      failures: number
      lastAnswer?: string | undefined
    }[]
    next?: string | undefined
  }
  /** A key, shown once. */
  webhook_key: { url: string; key: string; back: string }
  /**
   * POST: change=<one of changes> | role (role) | take_factor (factor), each with reason; rename (name, given, family,
   * locale) | login (address), each with reason; agree | refuse | withdraw_login.
   */
  member: Form & {
    back: string
    admin: string
    organization: string
    member: {
      id: string
      name: string
      email: string
      status: 'active' | 'deactivated' | 'removed'
      role: string
    }
    suspended?: { at: Moment; reason: string } | undefined
    /** The super admin's own account. */
    self: boolean
    since: Moment
    lastSignIn?: Moment | undefined
    purgeAt?: Moment | undefined
    /** Whether the account is this organization's. */
    belongs: boolean
    /** How many other organizations the person belongs to. */
    elsewhere: number
    changes: MemberChange[]
    /** A removal takes the account with it, and not the membership alone. */
    removesAccount: boolean
    keepDays: number
    canRaise: boolean
    /** Another role that waits for a second super admin. */
    proposal?:
      | { role: string; reason: string; at: Moment; by: string; mine: boolean; about: boolean }
      | undefined
    cases: { id: string; status: CaseStatus; openedAt: Moment; route?: RecoveryRoute | undefined }[]
    /** What is known of the account, where it is this organization's. */
    whole?: {
      names: { given?: string | undefined; family?: string | undefined; locale?: string | undefined }
      addresses: { address: string; proven: boolean }[]
      pendingLogin?: { address: string; until: Moment } | undefined
      canChange: boolean
      factors: ShownFactor[]
      codesLeft: number
      codesConfirmed: boolean
      sessions: { at: Moment; origin?: Origin | undefined; apps: string[] }[]
      browsers: { at: Moment; origin: Origin; trustedUntil?: Moment | undefined }[]
      activity: Activity[]
    }
  }
  /** POST: change=<undo>, reason. */
  member_done: Form & { outcome: string; name: string; back: string; undo?: string | undefined }
  /** POST consent: decision=allow | deny. */
  consent: Form & { app: string; about?: AppAbout; scopes: string[]; email: string; appHost: string }
  /** Anything that went wrong; nothing secret in it. `error` is a key of the locale's `error` section. */
  error: { error: string; reference?: string; ways: WayOut[]; developer?: ForDevelopers }
  /** A super admin decides. POST: code, reason, decision=approve | deny. */
  approve: Form & {
    approver: string
    subject: { name: string; email: string }
    organization: string
    app: string
    openedAt: Moment
    expiresAt: Moment
    facts: { key: string; value: string | Moment }[]
    triesLeft: number
    /** Given so far, and needed. */
    approvals: number
    approvalsNeeded: number
    reason?: string
  }
  approve_done: {
    outcome: 'approved' | 'denied' | 'recorded' | 'reactivated'
    subject: string
    /** A one-time pass was issued; shown here once, unless it was mailed to the person. */
    pass?: { until: Moment; shown?: string }
  }
  /** The case can't be decided here any more: `reason` is a key of the locale's `approve_gone` section. */
  approve_gone: { reason: string; status?: CaseStatus; switchTo?: string }
  /** Hands a case to support. POST: statement. */
  support_ask: Form & { holdHours: number; statement?: string }
  support_asked: { until: Moment }
  /** The link of the completion mail. POST. */
  completion: Form
  completion_done: Record<never, never>
  /** The support agents' list. */
  support_desk: {
    agent: string
    /** Those that the agent decides now first. */
    cases: Pick<ListedRequest, 'id' | 'name' | 'email' | 'status' | 'openedAt' | 'until' | 'notMine'>[]
    now: Moment
  }
  /** A case on the support desk. POST: reason, decision, outcome, lifetime, delivery. */
  support_case: Form & {
    agent: string
    subject: { name: string; email: string; status: string }
    organization?: string
    app: string
    status: CaseStatus
    kind?: 'reactivation'
    statement: string
    openedAt: Moment
    holdUntil: Moment
    expiresAt: Moment
    facts: { key: string; value: string | Moment }[]
    canDecide: boolean
    reason?: string
  }
  /** "This wasn't me": one button. POST. */
  disavow: Form & { about: string; at: Moment; email: string }
  disavow_done: { email: string }
  link_gone: Record<never, never>
  /** RP-initiated logout. `action` and hidden `xsrf` come from the library. POST: logout=yes. */
  logout: { action: string; xsrf: string; app?: string }
  logged_out: { app?: string }
  /** A form that is sent on: by itself, or by its button. */
  onward: Onward
  /** Device flow (RFC 8628): the code a device shows. POST to `action`: user_code. */
  user_code: { action: string; xsrf: string; message?: PageMessage }
  /** POST to `action`: confirm=yes or abort=yes. */
  user_code_confirm: { action: string; xsrf: string; app: string; userCode: string }
  user_code_done: { app?: string }
  /** The authenticator, a web app. `pushKey` is the application server key of its subscription. */
  authenticator: { pushKey: string }
  /** The page at the issuer's root. */
  home: { issuer: string; demo: boolean; demoApp?: string }
  /** Demo mode: everything that was sent, for a person to read. */
  inbox: {
    messages: {
      at: Moment
      channel: string
      to: string
      subject: string
      text: string
      links: string[]
      /** Where a mail is shown as people see it. */
      shown?: string
      /** Of a call. */
      speech?: { locale: string; ask: string; say: string }
    }[]
  }
}

export type PageName = keyof Pages
