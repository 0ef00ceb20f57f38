import type { FactorKind } from './factor.ts'
import type { Method } from './proof.ts'

/** What there is to know of a kind of second factor. A new kind begins with a row in the table below. */
interface Row {
  /** The step that proves it, and the name of its page. */
  step: string
  /** The step that sets it up. */
  enrolStep: string
  /** Its place among what can be set up, the one to start with first. Missing where another kind's page sets it up. */
  place?: number
  /** Set up only where text messages and calls have a carrier, or where pushes are sent. */
  needs?: 'carrier' | 'pushes'
  /** How it is called in a proof. */
  method: Method
  /** What its proof is in `amr` (RFC 8176). A passkey's says itself. */
  amr?: string
  /** The ways in which it can be proven, each a kind of its own. */
  provedBy: readonly FactorKind[]
  /** It is lost with the phone that carries it. */
  onPhone?: true
  /** What failures to prove it count under. */
  throttles: readonly string[]
  /** How CAEP calls it (CAEP 1.0 §3.3.1). What a passkey is depends on its authenticator. */
  credentialType?: string
  /** The application-initiated actions of Keycloak that set it up. */
  keycloakActions?: readonly string[]
}

/** What suits best comes first: a passkey can't be phished, a telephone number can be taken over. */
const table = {
  passkey: {
    step: 'passkey',
    enrolStep: 'enrol_passkey',
    place: 2,
    method: 'passkey',
    provedBy: ['passkey'],
    throttles: ['passkey'],
    keycloakActions: ['webauthn-register', 'webauthn-register-passwordless'],
  },
  push: {
    step: 'push',
    enrolStep: 'enrol_push',
    place: 3,
    needs: 'pushes',
    method: 'push',
    // It signs with a key that the browser keeps.
    amr: 'swk',
    // It also shows a code, for when there is no connection.
    provedBy: ['push', 'totp'],
    onPhone: true,
    throttles: ['otp', 'push', 'prompts'],
    // CAEP has no word for it, or for TOTP, but this one.
    credentialType: 'app',
  },
  totp: {
    step: 'totp',
    enrolStep: 'enrol_totp',
    place: 1,
    method: 'otp',
    amr: 'otp',
    provedBy: ['totp'],
    onPhone: true,
    throttles: ['otp'],
    credentialType: 'app',
    keycloakActions: ['CONFIGURE_TOTP'],
  },
  sms: {
    step: 'phone',
    enrolStep: 'enrol_phone',
    place: 4,
    needs: 'carrier',
    method: 'sms',
    amr: 'sms',
    // A number that takes texts takes calls.
    provedBy: ['sms', 'voice'],
    onPhone: true,
    throttles: ['phone'],
    credentialType: 'phone-sms',
  },
  // A number is a number: the page of texts sets up one that takes calls only.
  voice: {
    step: 'phone',
    enrolStep: 'enrol_phone',
    needs: 'carrier',
    method: 'tel',
    amr: 'tel',
    provedBy: ['voice'],
    onPhone: true,
    throttles: ['phone'],
    credentialType: 'phone-voice',
  },
} as const satisfies { readonly [K in FactorKind]: Row }

type Rows = (typeof table)[FactorKind]

/** A row, with the names that the table has: the steps of factors are those that stand in it. */
export interface KindOfFactor extends Row {
  step: Rows['step']
  enrolStep: Rows['enrolStep']
}

export const kindsOfFactors: { readonly [K in FactorKind]: KindOfFactor } = table

export const factorKinds = Object.keys(kindsOfFactors) as FactorKind[]

/** The kinds that can be set up, the one to start with first. */
export const enrolKinds: readonly FactorKind[] = factorKinds
  .filter((kind) => kindsOfFactors[kind].place !== undefined)
  .sort((a, b) => kindsOfFactors[a].place! - kindsOfFactors[b].place!)

/** What an installation can set up: a factor that nothing could be sent to isn't offered. */
export function offeredKinds({
  carrier,
  pushes = true,
}: {
  carrier: boolean
  pushes?: boolean
}): FactorKind[] {
  const sent = { carrier, pushes }
  return enrolKinds.filter((kind) => {
    const { needs } = kindsOfFactors[kind]
    return needs === undefined || sent[needs]
  })
}

/** The kind whose proof is called so, if it is a factor's. */
export function kindOfMethod(method: Method): FactorKind | undefined {
  return factorKinds.find((kind) => kindsOfFactors[kind].method === method)
}
