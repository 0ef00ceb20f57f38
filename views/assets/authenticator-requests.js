// Signed requests: each is a JWS of the account's own key, for one address, at one time, once (like DPoP, RFC 9449).

/** Where the provider is mounted; this script stands in its assets. */
export const base = new URL('..', import.meta.url).pathname.replace(/\/$/, '')
export const home = `${base}/authenticator`

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const bytes = (text) => new TextEncoder().encode(text)
const base64url = (data) =>
  btoa(String.fromCharCode(...new Uint8Array(data)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
const encoded = (value) => base64url(bytes(JSON.stringify(value)))

/** A key pair whose private half can't leave this browser. */
export async function newKey() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify'])
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  return { privateKey, jwk: { kty, crv, x, y } }
}

let skew = Number(localStorage.getItem('skew') ?? 0)

/** The server's time, as far as this phone knows it. Milliseconds. */
export const now = () => Date.now() + skew

/** `who` has the private key, and names itself by `id` and `account`, or by `jwk` while nobody knows it. */
export async function proof(who, path, claims = {}) {
  const named = who.id === undefined ? { jwk: who.jwk } : { kid: who.id }
  const header = { typ: 'device+jwt', alg: 'ES256', ...named }
  const payload = {
    jti: base64url(crypto.getRandomValues(new Uint8Array(16))),
    iat: Math.floor(now() / 1000),
    htm: 'POST',
    htu: location.origin + path,
    ...(who.account === undefined ? {} : { sub: who.account }),
    ...claims,
  }
  const text = `${encoded(header)}.${encoded(payload)}`
  return `${text}.${base64url(await crypto.subtle.sign(ecdsa, who.privateKey, bytes(text)))}`
}

export const post = (path, body, signal) =>
  fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    cache: 'no-store',
    credentials: 'omit',
    signal,
  })

/** What went wrong, as the server's word for it. */
export class Refused extends Error {}

/** Throws Refused when the server says no, anything else when it can't be reached. */
export async function ask(who, path, claims, again = true) {
  const response = await post(path, { proof: await proof(who, path, claims) })
  const said = await response.json()
  if (response.ok) return said
  if (said.error === 'clock' && again) {
    setClock(said.now)
    return ask(who, path, claims, false)
  }
  throw new Refused(said.error)
}

/** A phone whose clock is wrong goes by the server's. */
export function setClock(time) {
  skew = time - Date.now()
  localStorage.setItem('skew', String(skew))
}
