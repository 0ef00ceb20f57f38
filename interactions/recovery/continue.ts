import type { Context } from 'koa'
import { findLink } from '../../effects/links.ts'
import type { Account } from '../../rules/account.ts'
import { type Attempt, withProof } from '../../rules/attempt.ts'
import { cookieAt } from '../../rules/mount.ts'
import { checkFormToken, readFields } from '../http/form.ts'
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
  if (link === undefined) return gone(services, ctx)
  const base = `/recovery/continue/${ctx.params.token}`
  const page = services.views.page('completion', localeOf(ctx), { base, form: formToken(services, link.id) })
  showPage(ctx, page)
}

/** POST /recovery/continue/:token. Spends the link, and marks this browser as the one that holds the mailbox. */
export async function useCompletionLink(services: Services, ctx: Context): Promise<void> {
  const { store, ring, clock } = services
  const link = await findLink(store, 'completion', ctx.params.token)
  if (link?.case === undefined) return gone(services, ctx)
  const fields = readFields(ctx)
  checkFormToken(fields, formToken(services, link.id, fields.form))
  const first = await services.change('links', link.id, (current) => [undefined, current !== undefined])
  if (!first) return gone(services, ctx)
  const continued: Continued = { account: link.account, case: link.case, until: clock() + lifetime }
  const { name, path, secure } = cookieOf(services)
  ctx.cookies.set(name, ring.seal(JSON.stringify(continued), 'completion'), {
    httpOnly: true,
    sameSite: 'lax',
    path,
    secure,
    signed: false,
    maxAge: lifetime,
  })
  showPage(ctx, services.views.page('completion_done', localeOf(ctx), {}))
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

const formToken = ({ ring }: Services, link: string, typed?: string): string =>
  ring.hash(`completion-form|${link}`, typed)

function gone(services: Services, ctx: Context): void {
  showPage(ctx, services.views.page('link_gone', localeOf(ctx), {}), 404)
}
