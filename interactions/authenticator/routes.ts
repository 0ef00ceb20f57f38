import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { z } from 'zod'
import { bodyParser, unlessParsed } from '../../provider/parsed-body.ts'
import { mountOf } from '../../rules/mount.ts'
import { assetPath, assets } from '../../views/assets.ts'
import { showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { events } from './events.ts'
import { answerPairing, pair } from './pairing.ts'
import { takeAnswer } from './prompts.ts'
import { subscribe } from './subscription.ts'

const home = '/authenticator'

/** A request is one signed proof with everything in it; no cookie is looked at. */
const body = z.object({ proof: z.string().max(8_000) })
const bodies = z.object({ proofs: z.array(z.string().max(8_000)).min(1).max(50) })

type Answer = (services: Services, ctx: Context, proof: string) => Promise<object>

/** The web app that people pair with their account, and what it talks to. */
export function authenticatorRoutes(services: Services): Router {
  const router = new Router({ prefix: home })
  router.get('/', (ctx) => {
    showPage(ctx, services.views.page('authenticator', localeOf(ctx), { pushKey: services.pushKey }))
  })
  router.get('/manifest.webmanifest', (ctx) => showManifest(services, ctx))
  router.get('/worker.js', (ctx) => {
    ctx.set('Cache-Control', 'no-cache')
    // The page stands at /authenticator, above the folder of the script.
    ctx.set('Service-Worker-Allowed', mountOf(services.config) + home)
    ctx.type = 'text/javascript'
    ctx.body = assets.get('authenticator-worker.js')!.body
  })
  const signed = (path: string, answer: Answer) =>
    router.post(path, inJson(services), jsonBody, async (ctx) => {
      ctx.set('Cache-Control', 'no-store')
      ctx.body = await answer(services, ctx, read(ctx, body).proof)
    })
  signed('/pair', pair)
  signed('/pair/confirm', answerPairing)
  signed('/answer', takeAnswer)
  signed('/subscription', subscribe)
  router.post('/events', inJson(services), jsonBody, (ctx) => events(services, ctx, read(ctx, bodies).proofs))
  return router
}

const parser = bodyParser({
  enableTypes: ['json'],
  jsonLimit: '512kb',
  onError: () => {
    throw new Problem(400, 'bad_request')
  },
})

const jsonBody = unlessParsed(parser, (ctx) => Boolean(ctx.is('json')))

function read<T extends z.ZodType>(ctx: Context, schema: T): z.output<T> {
  const parsed = schema.safeParse(ctx.request.body)
  if (!parsed.success) throw new Problem(400, 'bad_request')
  return parsed.data
}

/** What can't be done is said to a script, with the time that it is here. */
const inJson =
  ({ clock }: Services): Middleware =>
  async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      ctx.status = error.status
      ctx.set('Cache-Control', 'no-store')
      ctx.body = { error: error.error, now: clock() }
    }
  }

/** W3C Web Application Manifest: what a home screen needs. */
function showManifest({ config, branding }: Services, ctx: Context): void {
  const mount = mountOf(config)
  const start = mount + home
  ctx.set('Cache-Control', 'no-cache')
  ctx.body = JSON.stringify({
    id: start,
    name: `${config.brand.name} authenticator`,
    short_name: config.brand.name,
    start_url: start,
    scope: start,
    display: 'standalone',
    background_color: config.brand.colors.primary ?? '#0b4f4a',
    theme_color: config.brand.colors.primary ?? '#0b4f4a',
    icons: iconsOf(branding.look.favicon, mount),
  })
  ctx.type = 'application/manifest+json'
}

/** The brand's own icon, where it isn't Rekey's. */
function iconsOf(favicon: string | undefined, mount: string): object[] {
  if (favicon !== undefined)
    return [{ src: favicon.startsWith('/') ? mount + favicon : favicon, sizes: 'any' }]
  const icon = (name: string) => mount + assetPath(name)
  return [
    { src: icon('authenticator.svg'), sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { src: icon('authenticator.svg'), sizes: 'any', type: 'image/svg+xml', purpose: 'maskable' },
    { src: icon('authenticator-512.png'), sizes: '512x512', type: 'image/png', purpose: 'any' },
  ]
}
