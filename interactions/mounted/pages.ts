import type Router from '@koa/router'
import type { Delivery } from '../../adapters/delivery/delivery.ts'
import { administrationRoutes } from '../administration/administration.ts'
import { joiningRoutes } from '../administration/joining.ts'
import { authenticatorRoutes } from '../authenticator/routes.ts'
import { consoleRoutes } from '../console/routes.ts'
import { createConsole } from '../console/session.ts'
import { assetRoutes } from '../http/assets.ts'
import { deliveryRoutes } from '../http/carriers.ts'
import { operatorRoutes } from '../operator/routes.ts'
import { recoveryRoutes } from '../recovery/routes.ts'
import { enrolment, identityRoutes } from '../security/identity.ts'
import { securityRoutes } from '../security/page.ts'
import type { Services } from '../services.ts'
import { interactionRoutes } from '../sign-in/routes.ts'
import { upstreamRoutes } from '../sign-in/upstream.ts'
import { supportRoutes } from '../support/desk.ts'

/** Pages that a host leaves out. Those of a sign-in and of recovery are always there. */
export interface PagesOff {
  /** `/security`: a person's own factors, sessions and addresses. */
  security?: false
  /** `/administration`: requests, members and policy of an organization. */
  administration?: false
  /** `/support`: requests that nobody else can decide. */
  support?: false
  /** `/operator`: the whole installation. */
  operator?: false
  /** `/authenticator`: the web app on phones. */
  authenticator?: false
  /** `/ssf`: streams of security events for apps (Shared Signals). */
  signals?: false
  /** `/api/v1` and `/scim/v2`: for programs. */
  api?: false
}

/** What isn't for people, and may be left out all the same. */
interface Others {
  signals(): Router
  api(): Router | Router[]
}

/** Every page of ours but those that the host leaves out. */
export function mountedPages(
  services: Services,
  delivery: Delivery,
  others: Others,
  off: PagesOff,
): Router[] {
  const console = createConsole(services)
  const optional = {
    support: () => supportRoutes(services, console),
    operator: () => operatorRoutes(services, console),
    administration: () => [administrationRoutes(services, console), joiningRoutes(services, console)],
    security: () => [identityRoutes(services, console), securityRoutes(services, console)],
    authenticator: () => authenticatorRoutes(services),
    ...others,
  }
  const wanted = (Object.keys(optional) as (keyof PagesOff)[]).filter((page) => off[page] !== false)
  for (const page of wanted) services.places.add(page)
  return [
    assetRoutes(services.branding.assets),
    consoleRoutes(services, console),
    interactionRoutes(services),
    upstreamRoutes(),
    recoveryRoutes(services, console, enrolment(services, console)),
    deliveryRoutes(delivery),
    ...wanted.flatMap((page) => optional[page]()),
  ]
}
