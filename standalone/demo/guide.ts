import type Router from '@koa/router'
import type { Context } from 'koa'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { showPage } from '../../interactions/http/page.ts'
import { localeOf } from '../../interactions/http/request.ts'
import type { Services } from '../../interactions/services.ts'
import { mountOf } from '../../rules/mount.ts'
import type { DemoClock } from './clock.ts'
import { guidePage } from './guide-page.ts'
import { guideStyle } from './guide-style.ts'
import type { GuideLocale } from './guide-texts.ts'
import { readInbox } from './inbox.ts'
import { listDemoPeople, type SeededPerson } from './seed.ts'

/** Where the demo's other servers are. */
export interface DemoPlaces {
  app: string
  /** Whether how a photo ID ends can be chosen here. */
  simulator: boolean
}

/** `GET /dev`: where a newcomer begins. */
export function guideRoutes(router: Router, services: Services, clock: DemoClock, places: DemoPlaces): void {
  const mount = mountOf(services.config)
  const here = (path: string) => mount + path
  router.get('/', async (ctx) => {
    const now = services.clock()
    const page = guidePage({
      locale: guideLocale(ctx),
      brand: services.config.brand.name,
      people: (await listDemoPeople(services)).map((person) => ({ ...person, codes: codesOf(person, now) })),
      messages: await readInbox(services.store),
      now,
      offset: clock.offset(),
      places: placesOf(here, places),
      without: places.simulator ? [] : ['photo'],
      here,
    })
    showPage(ctx, page)
  })
  router.get('/guide.css', (ctx) => {
    ctx.type = 'css'
    ctx.body = guideStyle
  })
}

/** Back to the guide, after one of its buttons. */
export const backToGuide = (back: unknown): string => `/dev?ui_locales=${back === 'ja' ? 'ja' : 'en'}#clock`

/** The texts of the demo are in two languages. */
const guideLocale = (ctx: Context): GuideLocale =>
  localeOf(ctx, ctx.query.ui_locales) === 'ja' ? 'ja' : 'en'

/** The code that counts now, and the next, which counts already: whoever reads takes a moment to type. */
function codesOf({ otpauth }: SeededPerson, now: number): string[] {
  const secret = otpauth === null ? null : new URL(otpauth).searchParams.get('secret')
  return secret === null ? [] : [totpCode(secret, now), totpCode(secret, now + 30_000)]
}

const placesOf = (here: (path: string) => string, { app }: DemoPlaces) => ({
  app,
  security: here('/security'),
  administration: here('/administration'),
  support: here('/support'),
  operator: here('/operator'),
  authenticator: here('/authenticator'),
  inbox: here('/dev/inbox'),
  people: here('/dev/people.json'),
  discovery: here('/.well-known/openid-configuration'),
})
