import type { Context } from 'koa'

/** Pages are somebody's: nothing keeps them. */
export function showPage(ctx: Context, html: string, status = 200): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = html
}

/** After a form, always a 303: loading the next page again sends nothing twice. */
export function seeOther(ctx: Context, url: string): void {
  ctx.status = 303
  ctx.set('Location', url)
  ctx.set('Cache-Control', 'no-store')
  ctx.body = ''
}
