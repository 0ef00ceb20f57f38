import type { Context } from 'koa'
import { randomToken } from '../../adapters/secrets/key-ring.ts'
import { findLink } from '../../effects/links.ts'
import type { Account } from '../../rules/account.ts'
import { type Attempt, withProof } from '../../rules/attempt.ts'
import { cookieAt } from '../../rules/mount.ts'
import { checkFormToken, readFields } from '../http/form.ts'
import { ownCookie } from '../http/own-cookie.ts'
import { showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'

/** Milliseconds: how long a browser that used the link may take to sign in and enrol. */
const lifetime = 3_600_000

interface Continued {
  account: string
  case: string
  until: number
}

/** GET /recovery/continue/:token, the link of the completion mail: says what pressing the button does. */
export async function showContinue(services: Services, ctx: Context): Promise<void> {
  const link = await findLink(services.store, 'completion', ctx.params.token)
  if (link === undefined || link.spentBy !== undefined) return gone(services, ctx)
  const base = `/recovery/continue/${ctx.params.token}`
  const form = formToken(services, link.id, randomToken())
  const page = services.views.page('completion', localeOf(ctx), { base, form })
  showPage(ctx, page)
}

/** POST /recovery/continue/:token. Spends the link, and marks this browser as the one that holds the mailbox. */
export async function useCompletionLink(services: Services, ctx: Context): Promise<void> {
  const { store, ring, clock } = services
  const link = await findLink(store, 'completion', ctx.params.token)
  if (link?.case === undefined) return gone(services, ctx)
  const fields = readFields(ctx)
  const [page = ''] = (fields.form ?? '').split('.')
  checkFormToken(fields, formToken(services, link.id, page, fields.form))
  if (!(await spend(services, link.id, page))) return gone(services, ctx)
  const continued: Continued = { account: link.account, case: link.case, until: clock() + lifetime }
  const cookie = cookieOf(services)
  const sealed = ring.seal(JSON.stringify(continued), 'completion')
  ctx.cookies.set(cookie.name, sealed, { ...ownCookie(cookie), maxAge: lifetime })
  showPage(ctx, services.views.page('completion_done', localeOf(ctx), {}))
}

/** It works once: on one page, which may be sent again where the answer was lost. */
function spend({ change }: Services, id: string, page: string): Promise<boolean> {
  return change('links', id, (current) => {
    if (current === undefined || current.spentBy !== undefined) return [current, current?.spentBy === page]
    return [{ ...current, spentBy: page }, true]
  })
}

/** The attempt with one more proof, where this browser has used the link of the completion mail. */
export function withCompletionLink(
  services: Services,
  ctx: Context,
  attempt: Attempt,
  account: Account,
): Attempt {
  if (account.recovered?.mailUntil === undefined) return attempt
  const continued = readCookie(services, ctx)
  const fits = continued?.account === account.id && continued.case === account.recovered.case
  return fits && continued.until > services.clock()
    ? withProof(attempt, 'completion_link', services.clock(), account)
    : attempt
}

function readCookie(services: Services, ctx: Context): Continued | undefined {
  const value = ctx.cookies.get(cookieOf(services).name)
  if (value === undefined) return undefined
  try {
    return JSON.parse(services.ring.open(value, 'completion'))
  } catch {
    return undefined
  }
}

const cookieOf = ({ config }: Services) => cookieAt(config, 'completion')

/** @param page drawn for each page that is shown. */
const formToken = ({ ring }: Services, link: string, page: string, typed?: string): string =>
  `${page}.${ring.hash(`completion-form|${link}|${page}`, typed?.slice(page.length + 1))}`

function gone(services: Services, ctx: Context): void {
  showPage(ctx, services.views.page('link_gone', localeOf(ctx), {}), 404)
}
