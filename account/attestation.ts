import { X509Certificate } from 'node:crypto'
import { webauthnHelpers } from './webauthn.ts'

/** Formats whose statement can be signed by the maker of the authenticator (WebAuthn L3 §8). */
const attesting = ['packed', 'fido-u2f', 'tpm', 'android-key', 'apple']

/**
 * Whether a statement, whose signature was verified, was made with a certificate that leads to one of the roots. A
 * statement that the key signed for itself has no certificate, and proves nothing of where the key lives.
 *
 * @param roots PEM.
 * @param now milliseconds.
 */
export function isAttested(attestation: Uint8Array<ArrayBuffer>, roots: string[], now: number): boolean {
  const statement = webauthnHelpers().decodeAttestationObject(attestation)
  const chain = statement.get('attStmt').get('x5c') ?? []
  if (!attesting.includes(statement.get('fmt'))) return false
  const anchors = roots.map((pem) => new X509Certificate(pem))
  return leadsTo(
    anchors,
    chain.map((der) => new X509Certificate(der)),
    now,
  )
}

/** RFC 5280 §6.1, as far as attestation needs it: each certificate is valid now and issued by the next, a CA. */
function leadsTo(anchors: X509Certificate[], chain: X509Certificate[], now: number): boolean {
  const [leaf, ...issuers] = chain
  if (leaf === undefined || !isValidAt(leaf, now)) return false
  if (anchors.some((anchor) => isValidAt(anchor, now) && (isSame(anchor, leaf) || issued(anchor, leaf))))
    return true
  return issuers[0] !== undefined && issued(issuers[0], leaf) && leadsTo(anchors, issuers, now)
}

const isSame = (one: X509Certificate, other: X509Certificate): boolean => one.raw.equals(other.raw)

const issued = (issuer: X509Certificate, subject: X509Certificate): boolean =>
  issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey)

const isValidAt = (certificate: X509Certificate, now: number): boolean =>
  certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime()
