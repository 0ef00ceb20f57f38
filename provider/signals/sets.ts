import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { CompactSign, type JWK } from 'jose'

/** Signs the claims of a Security Event Token, given as JSON text. */
export type SignSet = (claims: string) => Promise<string>

/** A key that signs RS256. */
export interface SetKey {
  kid: string
  privateKey: KeyObject
}

/**
 * Security Event Tokens are signed RS256, whatever ID tokens are signed with (CAEP interoperability profile §2.6).
 * `typ` keeps them apart from every other token (RFC 8417 §2.3).
 *
 * @param key the key of the published set that signs now; asked for at each event, as keys roll.
 */
export function createSetSigner(key: () => SetKey | undefined): SignSet {
  return async (claims) => {
    const found = key()
    if (found === undefined) throw new Error('there is no RS256 key with a kid to sign security events with')
    const header = { alg: 'RS256', typ: 'secevent+jwt', kid: found.kid }
    return new CompactSign(Buffer.from(claims)).setProtectedHeader(header).sign(found.privateKey)
  }
}

/** The newest such key of a host that has keys of its own. */
export function setKeyOf({ keys }: { keys: JWK[] }): SetKey | undefined {
  const jwk = keys.find(({ kty, alg, use }) => kty === 'RSA' && (alg ?? 'RS256') === 'RS256' && use !== 'enc')
  if (jwk?.kid === undefined) return undefined
  return { kid: jwk.kid, privateKey: createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' }) }
}
