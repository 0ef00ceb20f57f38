import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** A security event that was verified, with what a receiver acts on. */
export interface SecurityEvent {
  jti: string
  type: string
  claims: { [claim: string]: unknown }
  subject: { format: string; [member: string]: unknown }
  txn?: string
}

/** Why a token isn't believed, as RFC 8935 §2.4 names it. */
export class Refused extends Error {
  readonly err: string
  constructor(err: string, description: string) {
    super(description)
    this.name = 'Refused'
    this.err = err
  }
}

export interface Verifier {
  /** The event in a token; undefined for one that was accepted before. Throws Refused. */
  accept(token: string): Promise<SecurityEvent | undefined>
}

/**
 * Verifies Security Event Tokens of one transmitter for one receiver. Every check is needed: without `typ` any token of
 * the same issuer would pass for an event, without `aud` one that was meant for somebody else. A real receiver keeps
 * `seen` where its data is: the transmitter repeats itself whenever it isn't sure (RFC 8935 §2).
 */
export function createVerifier(options: { issuer: string; jwksUri: string; audience: string }): Verifier {
  const keys = createRemoteJWKSet(new URL(options.jwksUri))
  const seen = new Set<string>()
  return {
    accept: async (token) => {
      const payload = await verified(token, keys, options)
      const event = eventOf(payload)
      if (seen.has(event.jti)) return undefined
      seen.add(event.jti)
      return event
    },
  }
}

async function verified(
  token: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  { issuer, audience }: { issuer: string; audience: string },
): Promise<JWTPayload> {
  try {
    const rules = { issuer, audience, typ: 'secevent+jwt', algorithms: ['RS256'] }
    return (await jwtVerify(token, keys, rules)).payload
  } catch (error) {
    const { code = '', claim = '' } = error as { code?: string; claim?: string }
    if (claim === 'iss') throw new Refused('invalid_issuer', 'not our transmitter')
    if (claim === 'aud') throw new Refused('invalid_audience', 'not for us')
    const byKey = ['ERR_JWKS_NO_MATCHING_KEY', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'].includes(code)
    throw new Refused(byKey ? 'invalid_key' : 'invalid_request', 'not a security event that we can believe')
  }
}

/** SSF 1.0 §4: no `sub`, no `exp`, exactly one event. */
function eventOf(payload: JWTPayload): SecurityEvent {
  const { jti, sub, exp, events, sub_id: subject, txn } = payload
  const entries = Object.entries((events ?? {}) as { [type: string]: SecurityEvent['claims'] })
  const [entry] = entries
  if (
    sub !== undefined ||
    exp !== undefined ||
    jti === undefined ||
    !subject ||
    entry === undefined ||
    entries.length > 1
  )
    throw new Refused('invalid_request', 'not a security event of the Shared Signals Framework')
  return {
    jti,
    type: entry[0],
    claims: entry[1],
    subject: subject as SecurityEvent['subject'],
    ...(typeof txn === 'string' ? { txn } : {}),
  }
}
