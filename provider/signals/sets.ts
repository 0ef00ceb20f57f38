import { CompactSign, importJWK, type JWK } from 'jose'

/** Signs the claims of a Security Event Token, given as JSON text. */
export type SignSet = (claims: string) => Promise<string>

/**
 * Security Event Tokens are signed RS256, whatever ID tokens are signed with (CAEP interoperability profile §2.6),
 * with the newest such key of the published set. `typ` keeps them apart from every other token (RFC 8417 §2.3).
 *
 * @param keys the provider's private signing keys; asked for at the first event, as a host configures them later.
 */
export function createSetSigner(keys: () => { keys: JWK[] }): SignSet {
  let signer: Promise<SignSet> | undefined
  return async (claims) => {
    signer ??= signerOf(keys())
    return (await signer)(claims)
  }
}

async function signerOf({ keys }: { keys: JWK[] }): Promise<SignSet> {
  const jwk = keys.find(({ kty, alg, use }) => kty === 'RSA' && (alg ?? 'RS256') === 'RS256' && use !== 'enc')
  if (jwk?.kid === undefined) throw new Error('there is no RS256 key with a kid to sign security events with')
  const key = await importJWK(jwk, 'RS256')
  const header = { alg: 'RS256', typ: 'secevent+jwt', kid: jwk.kid }
  return (claims) => new CompactSign(Buffer.from(claims)).setProtectedHeader(header).sign(key)
}
