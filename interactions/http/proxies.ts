import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Context, Middleware } from 'koa'
import proxyAddr from 'proxy-addr'

/** False, how many proxies there are in a row, or the networks that they are in. */
export type TrustProxy = false | number | string[]

type Trusts = (address: string, hop: number) => boolean

/**
 * Everything that tells where a request came from, before anything else reads it: the scheme is the issuer's, the host
 * is the issuer's or refused, and the address of whoever asks is what the outermost trusted proxy saw. After this
 * nothing in these headers is anybody's own words, so the library may follow them.
 */
export function cameBy(issuer: string, trustProxy: TrustProxy): Middleware {
  const own = new URL(issuer)
  const { host } = own
  const scheme = own.protocol.slice(0, -1)
  const trusts = trustOf(trustProxy)
  return (ctx, next) => {
    const { headers } = ctx.req
    const asked = trusts(ctx.req.socket.remoteAddress ?? '', 0)
      ? outermost(headers['x-forwarded-host'])
      : undefined
    const address = addressOf(ctx.req, trusts)
    if ('x-forwarded-host' in headers) delete headers['x-forwarded-host']
    headers['x-forwarded-proto'] = scheme
    headers['x-forwarded-for'] = address
    const said = asked ?? headers.host ?? ''
    if (said === host || isHost(said, own)) {
      headers.host = host
      return next()
    }
    refuseHost(ctx, issuer)
    return Promise.resolve()
  }
}

export function refuseHost(ctx: Context, issuer: string): void {
  ctx.status = 421
  ctx.type = 'text/plain'
  ctx.body = `This is ${issuer}\n`
}

const trustsNobody: Trusts = () => false

function trustOf(trustProxy: TrustProxy): Trusts {
  if (trustProxy === false) return trustsNobody
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy
  return proxyAddr.compile(trustProxy)
}

/** What stands nearest to us and isn't a proxy of ours. A proxy that writes nonsense is taken for whoever asks. */
function addressOf(request: IncomingMessage, trusts: Trusts): string {
  if (trusts === trustsNobody) return unmapped(request.socket.remoteAddress ?? '')
  return (
    proxyAddr
      .all(request, trusts)
      .map(bare)
      .findLast((one) => isIP(one) > 0) ?? ''
  )
}

/** Some proxies add the port. */
const bare = (address: string): string =>
  unmapped(/^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address)

/** An IPv4 address, where IPv6 has it inside. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, '')

const outermost = (header: string | string[] | undefined): string | undefined =>
  [header].flat()[0]?.split(',')[0]?.trim() || undefined

/** Names of hosts know no case, may end in a dot, and the port that is usual may be said. */
export function isHost(said: string, own: URL): boolean {
  const text = `${own.protocol}//${said.trim().toLowerCase()}`
  if (!/^[\w.:[\]-]+$/.test(said.trim()) || !URL.canParse(text)) return false
  const { host, hostname, port } = new URL(text)
  return host === own.host || (hostname === `${own.hostname}.` && port === own.port)
}
