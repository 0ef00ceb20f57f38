import type { Context } from 'koa'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import { changedRecently } from '../../recovery/facts.ts'
import type { Account } from '../../rules/account.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { isMessage, messages } from '../../rules/messages.ts'
import { keptForm } from '../console/kept-form.ts'
import { askedFor, type Console, freshSecondFactor, type Need } from '../console/session.ts'
import { checkFormToken, type Fields, readFields } from '../http/form.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'

/** Looking takes a second factor of the last hour; changing something one of the last five minutes. */
const looking: Need = { acr: acrMultiFactor, maxAge: 3600 }

/** Somebody who looks after the installation. */
export interface Operator {
  session: ConsoleSession
  account: Account
}

/** Who looks at the operator's pages; anybody who is none is turned away, whatever the page. */
export function operatorAt(
  services: Services,
  console: Console,
  ctx: Context,
): Promise<Operator | undefined> {
  return signedIn(services, console, ctx, looking)
}

type Show = (services: Services, ctx: Context, operator: Operator, message?: PageMessage) => Promise<void>

/** One of these pages, with what its address says was done. */
export async function lookAt(services: Services, console: Console, ctx: Context, show: Show): Promise<void> {
  const operator = await operatorAt(services, console, ctx)
  if (operator !== undefined)
    await show(services, ctx, operator, keptForm(services, ctx, operator.session) ?? saidOn(ctx))
}

/** A form of these pages, sent by an operator. One that comes too late leads back to its page, after the second factor. */
export async function sentByOperator(
  services: Services,
  console: Console,
  ctx: Context,
  page: string,
): Promise<(Operator & { fields: Fields; refused?: PageMessage | undefined }) | undefined> {
  const operator = await signedIn(services, console, ctx, freshSecondFactor, page)
  if (operator === undefined) return undefined
  const fields = readFields(ctx)
  checkFormToken(fields, operator.session.form)
  // Whoever has just changed their factors may be somebody else.
  const recent = changedRecently(operator.account, services.clock(), services.config)
  return { ...operator, fields, refused: recent ? { key: 'operator_recent_change' } : undefined }
}

async function signedIn(
  services: Services,
  console: Console,
  ctx: Context,
  need: Need,
  returnTo = askedFor(ctx),
): Promise<Operator | undefined> {
  const session = await console.session(ctx, need)
  if (session === undefined) {
    await console.signIn(ctx, need, returnTo)
    return undefined
  }
  const account = await services.accounts.get(session.account)
  if (account?.operator !== true) throw new Problem(403, 'forbidden')
  return { session, account }
}

/** What the address of a page says to its top; whatever else stands there says nothing. */
export function saidOn(ctx: Context): PageMessage | undefined {
  const { said } = ctx.query
  const known = isMessage(said) && messages[said].tone === 'done'
  return known ? { key: said } : undefined
}
