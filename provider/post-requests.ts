import type { Context, Middleware } from 'koa'

/** Endpoints that apps may send a form to (OpenID Connect Core §3.1.2.1, RP-Initiated Logout 1.0 §2). */
const endpoints = new Set(['/auth', '/session/end'])

/** Bytes. It becomes an address, and a longer one isn't read. */
const longest = 12_000

/**
 * A form that an app has its page send to us comes without our cookies, which are SameSite=Lax: nobody would be signed
 * in. So it is answered with the same request as a GET, which a browser makes with them. The library's own way, cookies
 * that go along with everything, would open every form of ours to other sites.
 *
 * @param mount the path that the provider is below of.
 */
export function postAsGet(mount: string): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'POST' || !endpoints.has(ctx.path)) return next()
    if (!ctx.is('application/x-www-form-urlencoded')) ctx.throw(415)
    const params = await bodyOf(ctx)
    ctx.status = 303
    ctx.set('Location', `${mount}${ctx.path}?${params}`)
    ctx.set('Cache-Control', 'no-store')
    ctx.body = ''
  }
}

async function bodyOf(ctx: Context): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of ctx.req) {
    length += chunk.length
    if (length > longest) ctx.throw(413)
    chunks.push(chunk)
  }
  // Read and written anew: what comes is a form's, what leaves is an address's.
  return new URLSearchParams(Buffer.concat(chunks).toString())
}
