import Router from '@koa/router'
import type { Worker } from '../../effects/worker.ts'
import { contentPolicy } from '../../interactions/http/guards.ts'
import { seeOther, showPage } from '../../interactions/http/page.ts'
import { Problem } from '../../interactions/http/problem.ts'
import { localeOf } from '../../interactions/http/request.ts'
import type { Services } from '../../interactions/services.ts'
import { bodyParser } from '../../provider/parsed-body.ts'
import type { DemoClock } from './clock.ts'
import { backToGuide, type DemoPlaces, guideRoutes } from './guide.ts'
import { readInbox } from './inbox.ts'
import { listPeople } from './seed.ts'

/** What only the demo shows: its people with their secrets, and every message that was sent. */
export function demoRoutes(
  services: Services,
  worker: Pick<Worker, 'run'>,
  clock: DemoClock,
  places: DemoPlaces,
): Router {
  const router = new Router({ prefix: '/dev' })
  guideRoutes(router, services, clock, places)
  router.get('/people.json', async (ctx) => {
    ctx.body = await listPeople(services)
  })
  router.get('/inbox.json', async (ctx) => {
    ctx.body = await readInbox(services.store)
  })
  router.get('/inbox', async (ctx) => {
    const messages = (await readInbox(services.store)).map(({ html, ...message }, index) => ({
      ...message,
      at: Date.parse(message.at),
      shown: html === undefined ? undefined : `/dev/inbox/${index}`,
    }))
    showPage(ctx, services.views.page('inbox', localeOf(ctx), { messages: messages.reverse() }))
    ctx.set('Content-Security-Policy', `${contentPolicy}; frame-src 'self'`)
  })
  router.get('/inbox/:index', async (ctx) => {
    const html = (await readInbox(services.store))[Number(ctx.params.index)]?.html
    if (html === undefined) throw new Problem(404, 'not_found')
    ctx.type = 'html'
    ctx.body = html.replace('<head>', '<head><base target="_top">')
    // Like a mail program: its own styles, no script, links that open outside of it.
    ctx.set(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; base-uri 'none'; frame-ancestors 'self'",
    )
    ctx.set('X-Frame-Options', 'SAMEORIGIN')
  })
  router.get('/clock', async (ctx) => {
    ctx.body = { now: new Date(services.clock()).toISOString(), offset: clock.offset() / 1000 }
  })
  router.post('/clock', bodyParser({ enableTypes: ['form', 'json'] }), async (ctx) => {
    const { advance, back } = (ctx.request.body ?? {}) as { advance?: unknown; back?: unknown }
    const seconds = Number(advance ?? ctx.query.advance)
    if (!Number.isFinite(seconds) || seconds < 0 || seconds > 366 * 86_400)
      throw new Problem(400, 'bad_request')
    await clock.advance(seconds * 1000)
    await worker.run()
    if (back !== undefined) return seeOther(ctx, backToGuide(back))
    ctx.body = { now: new Date(services.clock()).toISOString(), offset: clock.offset() / 1000 }
  })
  return router
}
