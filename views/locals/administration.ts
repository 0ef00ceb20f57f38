import type { RecoveryRoute } from '../../rules/account.ts'
import type { Activity } from '../../rules/activity.ts'
import type { Origin, PageMessage } from '../../rules/attempt.ts'
import type { FactorKind } from '../../rules/factor.ts'
import type { MemberChange } from '../../rules/member-change.ts'
import type { PolicySettings } from '../../rules/policy-change.ts'
import type { OrganizationWeakness, Weakness } from '../../rules/readiness.ts'
import type { CaseStatus } from '../../rules/recovery-case.ts'
import type { DrawnWay } from '../readiness-picture.ts'
import type { Form, ListedRequest, Moment, ShownFactor, Working } from './parts.ts'

/** Where super admins look after an organization. */
export interface AdministrationPages {
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
    /** Whether a directory can provision its people. */
    directory: boolean
  }
  /** One change for several members: what will happen, how far it has come, what did. POST: sure=yes, reason, and what was chosen. */
  several: Form & {
    back: string
    organization: string
    change: MemberChange
    /** `waits`: begun, and not their turn yet. */
    lines: {
      id: string
      name: string
      email: string
      refusal?: string | undefined
      waits?: boolean | undefined
    }[]
    state: 'plan' | 'working' | 'interrupted' | 'over'
    keepDays: number
    /** What takes it back, once it is done. */
    undo?: MemberChange | undefined
  }
  /** POST: change=invite | create (address, name, role, locale) | resend | agree | revoke (id). */
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
      /** It waits for a second super admin. */
      proposed: boolean
      /** Asked for by whoever looks. */
      mine: boolean
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
  /** POST: a field for each setting, version, and sure=yes where the page asks for it. */
  policy: Form & {
    back: string
    admin: string
    organization: string
    /** Of the policy that the form is filled in for. */
    version: string
    settings: PolicySettings
    /** What somebody else has set meanwhile: said beside whatever is filled in differently. */
    now?: PolicySettings
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
    working?: Working | undefined
    operator: boolean
    days: string
  }
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
  /** POST: do=make | revoke, with sure where a token is good for nothing from then on. */
  directory: Form & {
    back: string
    organization: string
    /** Where it is. */
    address: string
    domains: readonly string[]
    /** The token that there is. */
    made?: { at: Moment; by: string; usedAt?: Moment | undefined } | undefined
    /** One that was made now, shown once. */
    token?: string | undefined
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
}
