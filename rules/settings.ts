import type { UpstreamPolicy } from './upstream.ts'

/**
 * What the operator or the host has decided, as far as anything below the wiring reads it. The schemas that validate
 * and describe it stand above; this is their output.
 */
export interface Settings {
  /** The provider's `iss`, as tokens say it. All addresses come from it, never from a request. */
  issuer: string
  /** The same without a slash at its end: what every address of a page begins with. */
  base: string
  /** Where a mail sends someone who may sign in now. */
  start: string
  /** What people see. */
  brand: Brand
  /** Where members of some organizations prove who they are. */
  upstreams: UpstreamPolicy[]
  /** Where the first factor is proven, if not on a page of ours. */
  firstFactor?: { url: string } | undefined
  /** The host changes passwords itself: no page of ours does. */
  passwordsElsewhere?: true | undefined
  /** When a host first started the plugin: nobody's second factor here can be older. */
  installedAt?: number | undefined
  /** How long a removed account is kept, in days. */
  keepRemovedDays: number
  audit: AuditSettings
  /** For how many days after a sign-in an app that doesn't say is told of a reset. */
  logoutWithinDays: number
  /** Whether a browser forgets who is signed in when it is closed; or people choose. */
  sessionCookie: 'lasting' | 'browser' | 'choose'
  /** How long a refresh token that was used may be sent again. */
  refreshGrace: { seconds: number; for: 'public' | 'all' }
  /** Passwords and codes that one network may try in a minute. */
  signInsPerMinute: number
  passkeys: PasskeySettings
  /** Missing where nothing can be sent to phones. */
  phone?: PhoneSettings
  signals: SignalSettings
  api: ApiSettings
  /** Hosts on private networks that may be sent to, `name` or `name:port`. */
  fetchHosts: string[]
  /** Metadata of the apps that the operator registered. */
  clients: { client_id: string; [member: string]: unknown }[]
}

export interface Brand {
  name: string
  /** Files or https addresses. */
  logo?: string | undefined
  logoDark?: string | undefined
  favicon?: string | undefined
  colors: { primary?: string | undefined; background?: string | undefined }
  corners?: 'round' | 'square' | undefined
  links: { help?: string | undefined; privacy?: string | undefined; terms?: string | undefined }
  mail: { header?: string | undefined }
}

export interface AuditSettings {
  /** How long entries are kept. */
  keepDays: number
  checkpoints: {
    everySeconds: number
    /** Where they go, besides the program's log: a file that they are added to, and an address that gets them. */
    file?: string | undefined
    webhook?: string | undefined
  }
}

export interface PasskeySettings {
  /** Whether new passkeys are asked for proof of their make. */
  attestation: 'none' | 'direct'
  /** Certificates (PEM) of makers of hardware keys. */
  roots: string[]
}

export interface PhoneSettings {
  /** Countries (ISO 3166-1) or prefixes that numbers may have. */
  countries: string[]
  /** Texts and calls in an hour: to everyone together, and to one country calling code. */
  perHour: number
  perCountryPerHour: number
}

export interface SignalSettings {
  /** How long an event waits for a receiver, in days. */
  keepDays: number
  /** How long a poll waits for something to say, in seconds. */
  pollSeconds: number
  /** How often a receiver may ask for a verification event, in seconds. */
  verificationSeconds: number
  /** When a stream that nobody polls is paused, in days. */
  inactiveDays: number
}

export interface ApiSettings {
  /** Requests that one client may make in a minute. */
  requestsPerMinute: number
}
