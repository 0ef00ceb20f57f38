import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Like the global fetch, for addresses that others chose: never to a private network, never on to another place. */
export type GuardedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** The address is one that no app of the internet lives at (RFC 6890). */
export class RefusedAddress extends Error {
  readonly code = 'REFUSED_ADDRESS'
  constructor() {
    super('the host resolves to a special-use address')
    this.name = 'RefusedAddress'
  }
}

/** IANA's special-purpose registries for IPv4 and IPv6, multicast and reserved space: what the library refuses too. */
const specialUse = new BlockList()
for (const range of [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24'],
  ...['192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  // Addresses of IPv4 within those of IPv6, of old and of translators; and what was site-local (RFC 3879).
  ...['::/96', '::ffff:0:0:0/96', 'fec0::/10'],
  ...['224.0.0.0/4', '240.0.0.0/4', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64'],
  ...['100:0:0:1::/64', '2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'],
  ...['5f00::/16', 'fc00::/7', 'fe80::/10', 'ff00::/8'],
]) {
  const [address, bits] = range.split('/') as [string, string]
  specialUse.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
}

/** Whether an IP address is out of bounds; one mapped into IPv6 counts as what it maps. */
export function isSpecialUse(address: string): boolean {
  const family = isIP(address)
  return family === 0 || specialUse.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Why an address that someone gave can't be one of an app. Only what can be said without asking the DNS. */
export function endpointFault(text: string, allowed: string[]): string | undefined {
  if (!URL.canParse(text)) return 'not an absolute URL'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'not an https URL'
  if (url.username !== '' || url.password !== '' || url.hash !== '') return 'credentials or a fragment'
  if (isAllowed(url, allowed)) return undefined
  if (url.protocol !== 'https:') return 'not an https URL'
  return leadsInside(url, allowed) ? 'a special-use address' : undefined
}

/** Names that nobody on the internet has: RFC 6761, RFC 6762 §3, RFC 8375, and what ICANN keeps for private use. */
const insideNames = /(^|\.)(localhost|localdomain|local|internal|home\.arpa)$/

/** Whether an address is of this machine or a network of its own, as far as can be said without asking the DNS. */
export function leadsInside(url: URL, allowed: string[]): boolean {
  if (isAllowed(url, allowed)) return false
  const host = bareHost(url)
  return isIP(host) > 0 ? isSpecialUse(host) : !host.includes('.') || insideNames.test(host)
}

export interface Guard {
  /** Hosts (`name` or `name:port`) that are exempt, as the operator listed them. */
  allowed: string[]
  lookup?: LookupFunction
}

/**
 * Every address that a name stands for is looked at when the connection is made, not before: a name that changes its
 * mind in between (DNS rebinding) gains nothing. Redirects aren't followed, nothing goes through a proxy, and no
 * connection is used twice.
 */
export function createGuardedFetch({ allowed, lookup = dnsLookup as LookupFunction }: Guard): GuardedFetch {
  return async (input, init = {}) => {
    const { dispatcher: _, ...plain } = init as RequestInit & { dispatcher?: unknown }
    const request = new Request(input, { ...plain, signal: init.signal ?? AbortSignal.timeout(10_000) })
    const url = new URL(request.url)
    if (isAllowed(url, allowed)) return exchange(url, request, {})
    // The lookup isn't asked about a literal address.
    const host = bareHost(url)
    if (isIP(host) > 0 && isSpecialUse(host)) throw new RefusedAddress()
    return exchange(url, request, { lookup: guarded(lookup) })
  }
}

function guarded(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const addresses = found as LookupAddress[]
      const first = addresses[0]
      if (first === undefined || addresses.some(({ address }) => isSpecialUse(address)))
        return callback(new RefusedAddress(), '', 0)
      if (options.all) return callback(null, addresses)
      return callback(null, first.address, first.family)
    })
  }
}

async function exchange(url: URL, request: Request, options: RequestOptions): Promise<Response> {
  const body = Buffer.from(await request.arrayBuffer())
  const headers = { ...Object.fromEntries(request.headers), 'accept-encoding': 'identity' }
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method, signal } = request
    send(url, {
      ...options,
      method,
      signal,
      headers: { ...headers, 'content-length': body.length },
      agent: false,
    })
      .on('response', resolve)
      .on('error', reject)
      .end(body)
  })
  return read(answer)
}

const longestAnswer = 1_048_576
const withoutBody = new Set([204, 205, 304])

async function read(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer) {
    length += chunk.length
    // Leaving the loop closes the connection.
    if (length > longestAnswer) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  const status = answer.statusCode ?? 502
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) headers.append(name, value)
  return new Response(withoutBody.has(status) ? null : Buffer.concat(chunks), { status, headers })
}

const isAllowed = ({ host, hostname }: URL, allowed: string[]): boolean =>
  allowed.includes(host) || allowed.includes(hostname)

const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
