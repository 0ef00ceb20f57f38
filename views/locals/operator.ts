import type { PageMessage } from '../../rules/attempt.ts'
import type { Form, ListedParcel, ListedRequest, Moment, Working } from './parts.ts'

/** Where operators look after the installation. */
export interface OperatorPages {
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
    /** Of what there is, for the form to send back. */
    version?: string | undefined
    values: { [field: string]: string }
    /** What is there now, where somebody else was first and it isn't what was filled in. */
    now: { [field: string]: string }
    /** What tokens can be signed with. */
    algorithms: readonly string[]
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
    working?: Working | undefined
  }
  /** POST: retry, an id or all. */
  operator_outbox: Form & { waiting: ListedParcel[]; dead: ListedParcel[]; next?: string | undefined }
}
