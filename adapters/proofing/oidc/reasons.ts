import * as oidc from 'openid-client'
import type { ProofingFailure } from '../../../rules/proofing-run.ts'

/** What openid-client hangs on its errors: the check that failed, and the claim it was about. */
interface Fault {
  message?: string
  code?: string
  error?: string
  cause?: Fault & { claim?: string; alg?: string; attribute?: string }
}

const byClaim: { [claim: string]: ProofingFailure } = {
  nonce: 'wrong_nonce',
  iss: 'wrong_issuer',
  aud: 'wrong_audience',
  azp: 'wrong_audience',
}

/** Names why an answer was refused. `idToken` is the one that was refused, if it came that far. */
export function reasonOf(error: unknown, idToken: string | undefined): ProofingFailure {
  if (error instanceof oidc.AuthorizationResponseError)
    return error.error === 'access_denied' ? 'refused' : 'provider_error'
  // A code that was spent already, or is too old (RFC 6749 §5.2).
  if (error instanceof oidc.ResponseBodyError)
    return error.error === 'invalid_grant' ? 'late' : 'provider_error'
  const fault = error as Fault
  const inner = fault.cause
  const text = `${fault.message ?? ''} ${inner?.message ?? ''}`
  const claim = claimOf(inner)
  if (claim !== undefined && byClaim[claim] !== undefined) return byClaim[claim]
  if (/"iss"|\bissuer\b/i.test(text) && !/key/.test(text)) return 'wrong_issuer'
  if (/"nonce"/.test(text)) return 'wrong_nonce'
  if (/"state"/.test(text)) return 'wrong_state'
  if (/"aud"/.test(text)) return 'wrong_audience'
  if (fault.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return 'late'
  if (isAboutSignature(fault, text)) return algorithmOf(idToken) === 'none' ? 'unsigned' : 'bad_signature'
  if (fault.code === 'OAUTH_TIMEOUT' || fault.code === 'OAUTH_ABORT' || fault instanceof TypeError)
    return 'provider_error'
  return fault.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' ? 'provider_error' : 'malformed'
}

const claimOf = (inner: Fault['cause']): string | undefined => inner?.claim ?? inner?.cause?.claim

const isAboutSignature = (fault: Fault, text: string): boolean =>
  /signature|"alg"|algorithm/i.test(text) ||
  fault.code === 'OAUTH_KEY_SELECTION_FAILED' ||
  fault.code === 'OAUTH_UNSUPPORTED_OPERATION'

function algorithmOf(idToken: string | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(idToken?.split('.')[0] ?? '', 'base64url').toString()).alg
  } catch {
    return undefined
  }
}
