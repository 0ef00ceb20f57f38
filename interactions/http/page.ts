import type { Context, Middleware } from 'koa'

/** Pages are somebody's: nothing keeps them. */
export function showPage(ctx: Context, html: string, status = 200): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = html
}

/** A page that shows long work loads itself again, with a script and without. Seconds. */
export const workRefresh = '3'

/** After a form, always a 303: loading the next page again sends nothing twice. */
export function seeOther(ctx: Context, url: string): void {
  ctx.status = 303
  ctx.set('Location', placed(ctx, url))
  ctx.set('Cache-Control', 'no-store')
  ctx.body = ''
}

const mounts = new WeakMap<Context['req'], string>()

/** Says where the pages are mounted that this request is for. */
export function mountAt(mount: string): Middleware {
  return (ctx, next) => {
    mounts.set(ctx.req, mount)
    return next()
  }
}

/** An address as the browser needs it: paths of ours are written from where the pages are mounted. */
function placed({ req }: Context, url: string): string {
  return url.startsWith('/') ? (mounts.get(req) ?? '') + url : url
}
