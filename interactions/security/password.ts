import { randomUUID } from 'node:crypto'
import type Router from '@koa/router'
import type { Context } from 'koa'
import { browsersForgotten } from '../../account/known-browsers.ts'
import { otherTrusted } from '../../account/own-browsers.ts'
import { changePassword, leastLength } from '../../account/password.ts'
import { othersEnded } from '../../account/sessions.ts'
import type { Acting } from '../../account/told.ts'
import type { Account } from '../../rules/account.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Effect } from '../../rules/effect.ts'
import { longestPassword } from '../../rules/password.ts'
import { failed, isAllowed } from '../../rules/throttle.ts'
import type { Console } from '../console/session.ts'
import { readBrowserCookie } from '../http/browser-cookie.ts'
import { formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { actingOn, changing, messageOf, type Owner, sentBy, signedInOwner } from './owner.ts'

const path = '/security/password'

export function passwordRoutes(router: Router, services: Services, console: Console): void {
  if (services.config.passwordsElsewhere) return
  router.get('/password', (ctx) => show(services, console, ctx))
  router.post('/password', formBody, (ctx) => change(services, console, ctx))
}

async function show(services: Services, console: Console, ctx: Context): Promise<void> {
  const owner = await signedInOwner(services, console, ctx, changing, path)
  if (owner !== undefined) showForm(services, ctx, owner, messageOf(services, ctx, owner))
}

/** POST: current, password, others=yes. The present password is asked for as well (OWASP ASVS 5, 6.2.3). */
async function change(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, path)
  if (sent === undefined) return
  const { fields, account, session } = sent
  const known = await isPresent(services, account, fields.current ?? '')
  if (known !== true) return showForm(services, ctx, sent, refusedForm({ key: known }, fields))
  const by = actingOn(services, ctx, sent)
  const id = `password:${randomUUID()}`
  const also = fields.others === 'yes' ? await othersOut(services, ctx, by, session.providerSession) : []
  const outcome = await changePassword(services, by, account, fields.password ?? '', id, also)
  if (!outcome.ok)
    return showForm(services, ctx, sent, refusedForm({ key: `password_${outcome.reason}` }, fields))
  seeOther(ctx, '/security?said=password_changed')
}

/** A person who changes it in fear of somebody wants them out as well (OWASP ASVS 5, 7.4.3): promised with the change. */
async function othersOut(services: Services, ctx: Context, by: Acting, keep: string): Promise<Effect[]> {
  const trusted = await otherTrusted(services, by, readBrowserCookie(ctx, services.config))
  return [...othersEnded(by, keep, services.clock()), ...browsersForgotten(by, trusted)]
}

/** Counts the try before it looks, so that guesses made at the same time are counted as well. */
async function isPresent(
  { change: write, people, clock }: Services,
  account: Account,
  typed: string,
): Promise<true | 'password_wrong' | 'throttled'> {
  const { id } = account
  const now = clock()
  const mayTry = await write('protections', id, (current) => {
    const throttle = current?.throttles.password
    if (current === undefined || !isAllowed(throttle, now)) return [current, false]
    return [{ ...current, throttles: { ...current.throttles, password: failed(throttle, now) } }, true]
  })
  if (!mayTry) return 'throttled'
  if (typed.length > longestPassword || !(await people.verify?.(account, typed))) return 'password_wrong'
  await write('protections', id, (current) => {
    if (current === undefined) return [current, undefined]
    const { password: _, ...throttles } = current.throttles
    return [{ ...current, throttles }, undefined]
  })
  return true
}

function showForm(
  services: Services,
  ctx: Context,
  { session, account }: Owner,
  message?: PageMessage,
): void {
  const page = services.views.page('security_password', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    email: account.email,
    least: leastLength(account),
  })
  showPage(ctx, page)
}
