import Router from '@koa/router'
import type { Context } from 'koa'
import { grantedApps, revokeApp } from '../../account/granted-apps.ts'
import { endOtherTrust, forgetOne, listedBrowsers } from '../../account/own-browsers.ts'
import { factorTerms } from '../../account/policies.ts'
import { recentActivity } from '../../account/recent-activity.ts'
import { endOne, endOthers, sessionsOf } from '../../account/sessions.ts'
import { shownFactor } from '../../account/shown.ts'
import { applyEvent, openCaseOf } from '../../recovery/events.ts'
import { countCodesLeft } from '../../rules/backup-codes.ts'
import { hasSecondFactor, usableFactors } from '../../rules/factor.ts'
import type { Pages } from '../../views/pages.ts'
import type { Console } from '../console/session.ts'
import { readBrowserCookie } from '../http/browser-cookie.ts'
import { formBody, formLocals } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { addressRoutes } from './addresses.ts'
import { codesRoutes } from './codes.ts'
import { methodRoutes } from './methods.ts'
import { actingOn, looking, messageOf, type Owner, sentBy, signedInOwner } from './owner.ts'
import { passwordRoutes } from './password.ts'

const path = '/security'

/** The page on which people look after their own account, and the pages that lead off it. */
export function securityRoutes(services: Services, console: Console): Router {
  const router = new Router({ prefix: path })
  router.get('/', (ctx) => show(services, console, ctx))
  router.post('/sessions', formBody, (ctx) => endSessions(services, console, ctx))
  router.post('/apps', formBody, (ctx) => revoke(services, console, ctx))
  router.post('/devices', formBody, (ctx) => forget(services, console, ctx))
  router.post('/request', formBody, (ctx) => cancelRequest(services, console, ctx))
  methodRoutes(router, services, console)
  codesRoutes(router, services, console)
  addressRoutes(router, services, console)
  passwordRoutes(router, services, console)
  return router
}

async function show(services: Services, console: Console, ctx: Context): Promise<void> {
  const owner = await signedInOwner(services, console, ctx, looking, path)
  if (owner === undefined) return
  const message = messageOf(services, ctx, owner)
  const page = services.views.page('security', localeOf(ctx), {
    ...formLocals(path, owner.session.form, message),
    ...(await overview(services, ctx, owner)),
  })
  showPage(ctx, page)
}

async function overview(
  services: Services,
  ctx: Context,
  { account, session }: Owner,
): Promise<Omit<Pages['security'], 'base' | 'form' | 'message'>> {
  const { kinds, required, trustDays } = await factorTerms(services, account)
  const [apps, devices, sessions, activity, request] = await Promise.all([
    grantedApps(services, account.id),
    listedBrowsers(services, readBrowserCookie(ctx, services.config), account, trustDays),
    sessionsOf(services, account.id, session.providerSession),
    recentActivity(services, account.id),
    openCaseOf(services, account.id),
  ])
  const { backupCodes: codes, addresses, proofing } = account
  const shownCodes = codes !== undefined && hasSecondFactor(account)
  return {
    email: account.email,
    passwordsElsewhere: services.config.passwordsElsewhere,
    factors: account.factors.map((factor) => shownFactor(account, factor)),
    alone: usableFactors(account).length === 1,
    required,
    kinds,
    codes: shownCodes
      ? { left: countCodesLeft(account), createdAt: codes.createdAt, provenAt: codes.provenAt }
      : undefined,
    apps,
    devices,
    sessions,
    activity,
    addresses: addresses.map(({ address }) => address),
    identity: services.proofing && { enrolledAt: proofing?.at },
    request: request && { status: request.status, openedAt: request.openedAt, origin: request.origin },
  }
}

/** POST: end=others, or the id of a session. */
async function endSessions(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, path)
  if (sent === undefined) return
  const { session, fields } = sent
  const by = actingOn(services, ctx, sent)
  if (fields.end === 'others') {
    await endOthers(services, by, session.providerSession)
    await endOtherTrust(services, by, readBrowserCookie(ctx, services.config))
    return seeOther(ctx, `${path}?said=sessions_ended`)
  }
  const ended = await endOne(services, by, fields.end ?? '')
  if (fields.end === session.providerSession) return seeOther(ctx, services.config.start)
  seeOther(ctx, `${path}?said=${ended ? 'session_ended' : 'already_gone'}`)
}

/** POST: app. What it was granted ends, and it asks again. */
async function revoke(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, path)
  if (sent === undefined) return
  const revoked = await revokeApp(services, actingOn(services, ctx, sent), sent.fields.app ?? '')
  seeOther(ctx, `${path}?said=${revoked ? 'app_revoked' : 'already_gone'}`)
}

/** POST: device. Its trust goes with it, and the next sign-in from there is one from a new device. */
async function forget(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, path)
  if (sent === undefined) return
  const gone = await forgetOne(services, actingOn(services, ctx, sent), sent.fields.device ?? '')
  seeOther(ctx, `${path}?said=${gone ? 'device_forgotten' : 'already_gone'}`)
}

/** POST: cancels the open recovery case. */
async function cancelRequest(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, path)
  if (sent === undefined) return
  const open = await openCaseOf(services, sent.account.id)
  const cancelled = open && (await applyEvent(services, open.id, { type: 'cancel', by: sent.account.id }))
  seeOther(ctx, `${path}?said=${cancelled?.ok === true ? 'case_cancelled' : 'already_gone'}`)
}
