// Written by docs/plugin-options.ts from the schema in options.ts: `npm run docs`.
import type { Logger } from 'pino'
import type { Delivery } from '../adapters/delivery/delivery.ts'
import type { OpenDelivery } from '../adapters/delivery/ways.ts'
import type { Listed } from '../adapters/people/map.ts'
import type { People } from '../adapters/people/people.ts'
import type { OpenProofing } from '../adapters/proofing/proofing.ts'
import type { OpenStore } from '../adapters/store/store.ts'
import type { HostTexts, HostViews } from '../views/host-views.ts'

/** What `rekey()` takes. */
export interface PluginOptions {
  /**
   * The public address of the provider, its `iss`: https://id.example.com, or below a path. Never taken
   * from a request.
   */
  issuer: string
  /**
   * What people see on pages, in mails and in their authenticator app: a name, or more than that.
   * Default: `"Rekey"`.
   */
  brand?: string | {
    /** The name of the identity provider. */
    name: string
    /** A file (SVG, PNG) or an https address, 32 pixels high on pages. */
    logo?: string | undefined
    /** The same for dark pages. */
    logoDark?: string | undefined
    /** A file or an https address. */
    favicon?: string | undefined
    /** As `#rgb` or `#rrggbb`. Those that words or links can’t be read by are refused. */
    colors?: {
      /** Buttons and links. */
      primary?: string | undefined
      /** Behind everything, on light pages. */
      background?: string | undefined
    } | undefined
    /** Of boxes and buttons; between the two if left out. */
    corners?: 'round' | 'square' | undefined
    /** At the foot of every page. */
    links?: {
      /** The address of your help. */
      help?: string | undefined
      /** The address of your privacy policy. */
      privacy?: string | undefined
      /** The address of your terms. */
      terms?: string | undefined
    } | undefined
    /** How mails look. */
    mail?: {
      /** An https address of a picture above every mail. */
      header?: string | undefined
    } | undefined
  } | undefined
  /**
   * The key ring, newest first: `[{ id, key }]`, each key at least 32 random bytes, base64url. How one
   * is retired: keys (docs/operating.md#keys).
   */
  keys: ({
    /**
     * A name of its own: what is sealed says by it which key opens it. Letters, digits, `-` and `_`.
     */
    id: string
    /** At least 32 random bytes, base64url. Keep it: what is stored opens with no other. */
    key: string | undefined
  })[]
  /**
   * Codes by text message and call, as a second factor: what to know first
   * (docs/operating.md#texts-and-calls). Off if left out.
   */
  phone?: {
    /**
     * Where numbers may be: countries (ISO 3166-1, `JP`) or prefixes (`+4420`). Nothing is sent anywhere
     * else (toll fraud).
     */
    countries: string[]
    /** Texts and calls in an hour, to everyone together. Default: `1000`. */
    perHour?: number | undefined
    /** Texts and calls in an hour to numbers with one country calling code. Default: `200`. */
    perCountryPerHour?: number | undefined
  } | undefined
  /** The audit log: what it proves (docs/audit.md). */
  audit?: {
    /**
     * Days that entries of the audit log are kept. Of older ones a keyed summary stays. Default: `730`.
     */
    keepDays?: number | undefined
    /** Where signed checkpoints go, besides the program’s own log. */
    checkpoints?: {
      /**
       * Seconds between two signatures of the end of the log, while something is written to it. Default:
       * `60`.
       */
      everySeconds?: number | undefined
      /** A file that signed checkpoints are added to; keep it on another machine. */
      file?: string | undefined
      /** Gets each signed checkpoint by POST, as text/plain. */
      webhook?: string | undefined
    } | undefined
  } | undefined
  /**
   * Days that a removed account is kept, so that it can come back and its history be understood.
   * Default: `90`.
   */
  keepRemovedDays?: number | undefined
  /**
   * Whether a browser keeps someone signed in for as long as the session lasts, or forgets them when it
   * is closed. `choose`: people are asked on the page of the password; the box "Keep me signed in" is
   * empty, and who is not asked there is forgotten. Default: `"lasting"`.
   */
  sessionCookie?: 'lasting' | 'browser' | 'choose' | undefined
  /**
   * How long a refresh token that was used may be sent again, as the answer was lost: it gets the same
   * successor.
   */
  refreshGrace?: {
    /** Seconds; 0 for not at all. Default: `10`. */
    seconds?: number | undefined
    /**
     * Apps without a secret, whose refresh tokens change at each use; or all. Default: `"public"`.
     */
    for?: 'public' | 'all' | undefined
  } | undefined
  /**
   * Days after a sign-in that an app is told of a reset, a 'this wasn't me', a deactivation or a
   * removal, where its own `logout_within_days` says nothing: as long as apps keep people signed in.
   * Apps that hold a grant always are. Default: `30`.
   */
  logoutWithinDays?: number | undefined
  /**
   * Other names for the authentication context classes (`acr`), weakest first; docs/relying-apps.md has
   * the usual ones.
   */
  acr?: {
    /** Password only, after a reset. */
    recovered?: string | undefined
    /** One factor. */
    password?: string | undefined
    /** A second factor besides. */
    multiFactor?: string | undefined
    /** A passkey. */
    phishingResistant?: string | undefined
    /** A passkey attested to live in hardware. */
    phishingResistantHardware?: string | undefined
  } | undefined
  /** Passkeys and security keys: hardware keys (docs/operating.md#hardware-security-keys). */
  passkeys?: {
    /**
     * Whether new passkeys are asked for proof of their make; some browsers ask the person for consent
     * then. Default: `"none"`.
     */
    attestation?: 'none' | 'direct' | undefined
    /**
     * Certificates (PEM) of makers of security keys whose keys live in hardware. Only keys attested by one
     * of them reach `phrh`. Default: `[]`.
     */
    roots?: string[] | undefined
  } | undefined
  /**
   * Hosts (`name` or `name:port`) on private networks that may be sent logout tokens, security events
   * and pushes. All other private addresses are refused (SSRF). Default: `[]`.
   */
  fetchHosts?: string[] | undefined
  /**
   * OpenID providers of organizations: their members prove the first factor there (how
   * (docs/upstream.md)).
   */
  upstreams?: ({
    /** Part of its callback: `/upstream/{id}` below the issuer. */
    id: string
    /** What people know it by. */
    name: string
    /** Its discovery document is read from there. */
    issuer: string
    /** What it knows Rekey by. */
    clientId: string
    /** How Rekey proves to it who it is. Default: `"client_secret_basic"`. */
    clientAuth?: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | undefined
    /** For both of `client_secret_…`. */
    clientSecret?: string | undefined
    /** A private JWK with `alg`, for `private_key_jwt`. */
    privateKey?: {
      /** The type of the key: `RSA`, `EC` … */
      kty: string
      /** What it signs with: `RS256`, `ES256` … */
      alg: string
      [name: string]: unknown
    } | undefined
    /** What it is asked for. Default: `"openid email"`. */
    scope?: string | undefined
    /** Whoever signs in with an address there does so at this provider, and nowhere else. */
    domains?: string[] | undefined
    /** Members of these organizations (by id) do so too, whatever their address. Default: `[]`. */
    organizations?: string[] | undefined
    /**
     * Values of its `acr` and `amr` that count as a second factor here. None if left out: people prove one
     * to Rekey.
     */
    secondFactor?: {
      /** Any one of these is enough. Default: `[]`. */
      acr?: string[] | undefined
      /** Any one of these is enough. Default: `[]`. */
      amr?: string[] | undefined
    } | undefined
    /** The algorithm of its ID tokens; what its discovery document lists, or RS256. */
    signingAlg?: string | undefined
  })[] | undefined
  /** Security events for relying apps (Shared Signals). */
  signals?: {
    /**
     * Days that an event waits for a receiver that is away, or whose stream is paused. Default: `14`.
     */
    keepDays?: number | undefined
    /** Seconds that a poll waits for something to say (RFC 8936, long polling). Default: `30`. */
    pollSeconds?: number | undefined
    /**
     * Seconds between two verification events that a receiver may ask for: `min_verification_interval`.
     * Default: `60`.
     */
    verificationSeconds?: number | undefined
    /** Days until a stream that nobody polls is paused: `inactivity_timeout`. Default: `30`. */
    inactiveDays?: number | undefined
  } | undefined
  /** The API for programs: how to use it (docs/api.md). */
  api?: {
    /**
     * Requests that one client of the API may make in a minute, at each process. Default: `600`.
     */
    requestsPerMinute?: number | undefined
  } | undefined
  /**
   * Passwords that one network (an IPv4 address, an IPv6 /64) may try in a minute. Each process counts
   * (docs/scale.md#budgets-of-networks), and tells the others. Default: `60`.
   */
  signInsPerMinute?: number | undefined
  /**
   * Rekey's own collections: `lmdb` of `rekey/lmdb`, `mongo` of `rekey/mongo`, or `postgres` of
   * `rekey/postgres`.
   */
  store: OpenStore
  /** How people are reached. */
  delivery: {
    /** `smtp` of `rekey/smtp`, or a delivery of yours. */
    mail: Delivery | OpenDelivery
    /** `twilio` of `rekey/twilio`, or a delivery of yours; `phone` says where to. */
    sms?: Delivery | OpenDelivery | undefined
    /** The same for calls. */
    voice?: Delivery | OpenDelivery | undefined
    /** `webPush` of `rekey/webpush`. Without it there is no authenticator. */
    push?: Delivery | OpenDelivery | undefined
  }
  /** `oidcProofing` of `rekey/oidc-proofing`: a provider that verifies people by photo ID. */
  proofing?: OpenProofing | undefined
  /** Who can sign in: four methods over your table. A Map by id will do to try things out. */
  people: People | Map<string, Listed>
  /** Who belongs to which organization, if not in `people`. */
  organizations?: NonNullable<People['organizations']> | undefined
  /** Where the provider is mounted, if not at the path of the issuer. */
  path?: string | undefined
  /** A login page of yours. Rekey asks for the password itself if left out. */
  firstFactor?: {
    /** It gets `uid` in its query and ends in `passed`. */
    url: string
  } | undefined
  /** Pages of yours in place of Rekey’s: a function by the name of each. */
  views?: HostViews | undefined
  /** Texts of yours in place of Rekey’s: `{ en: { "password.lead": "…" } }`. */
  texts?: HostTexts | undefined
  /** Where a mail sends someone who may sign in now: your app. The security page if left out. */
  start?: string | undefined
  /** A logger with the interface of pino. */
  log?: Logger | undefined
  /** Milliseconds since 1970; for tests. */
  clock?: (() => number) | undefined
}
