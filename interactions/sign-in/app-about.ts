import type { Context } from 'koa'
import type { Client } from 'oidc-provider'
import { unusedDays } from '../../provider/registration.ts'
import type { AppAbout } from '../../views/locals/parts.ts'
import type { Services } from '../services.ts'

/** What an app shows of itself where it asks for a sign-in or for access; only what a browser may be led to. */
export async function aboutApp({ provider }: Pick<Services, 'provider'>, id: string): Promise<AppAbout> {
  const client = await provider.Client.find(id)
  if (client === undefined) return {}
  const shown = (address: string | undefined) => {
    const url = webAddress(address)
    return url !== undefined && isItsOwn(client, url) ? url : undefined
  }
  const logo = shown(client.logoUri)
  return {
    logo: logo !== undefined && isUnspoilt(logo) ? logo.href : undefined,
    privacy: shown(client.policyUri)?.href,
    terms: shown(client.tosUri)?.href,
  }
}

/** The content policy of this page lets in this one picture, and nothing else of its site. */
export function allowPicture(ctx: Context, logo: string | undefined): void {
  if (logo === undefined) return
  const { origin, pathname } = new URL(logo)
  // What ends a source or a directive (CSP3 §2.3.1); the browser compares the path decoded.
  const source =
    origin + pathname.replace(/[;,']/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  const policy = String(ctx.res.getHeader('content-security-policy'))
  ctx.res.setHeader('Content-Security-Policy', policy.replace("img-src 'self'", `img-src 'self' ${source}`))
}

function webAddress(address: string | undefined): URL | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined
  const url = new URL(address)
  return ['https:', 'http:'].includes(url.protocol) && url.username === '' ? url : undefined
}

/** A picture that nobody on the way can put another in the place of: by https, or from the developer's machine. */
const isUnspoilt = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)

/** Whoever registered itself, vouched for by nobody, shows nothing of somebody else's (RFC 7591 §5). */
const isItsOwn = (client: Client, { host }: URL): boolean =>
  client[unusedDays] === undefined ||
  (client.redirectUris ?? []).some((one) => URL.canParse(one) && new URL(one).host === host)
