import type { Context } from 'koa'
import type { Acting } from '../../account/told.ts'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import type { Account } from '../../rules/account.ts'
import { acrRecovered } from '../../rules/assurance.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { isMessage, messages } from '../../rules/messages.ts'
import { neededFor } from '../../rules/own-account.ts'
import { keptForm } from '../console/kept-form.ts'
import { type Console, satisfies } from '../console/session.ts'
import { checkFormToken, type Fields, readFields } from '../http/form.ts'
import { originOf } from '../http/request.ts'
import type { Services } from '../services.ts'

/** Looking takes a sign-in of the working day, changing something one of the last five minutes. Seconds. */
export const looking = 8 * 3600
export const changing = 300

/** Someone who looks after their own account. */
export interface Owner {
  session: ConsoleSession
  account: Account
}

/** Whoever is signed in, strongly enough for their account; others are sent to sign in, and back to `returnTo`. */
export async function signedInOwner(
  services: Services,
  console: Console,
  ctx: Context,
  maxAge: number,
  returnTo = ctx.path,
): Promise<Owner | undefined> {
  const session = await console.session(ctx, { acr: acrRecovered, maxAge: Number.POSITIVE_INFINITY })
  const account = session && (await services.accounts.get(session.account))
  if (session === undefined || account === undefined) {
    // Nobody knows yet who comes: what their account takes is looked at when they are back.
    await console.signIn(ctx, { acr: acrRecovered, maxAge }, returnTo)
    return undefined
  }
  const need = { acr: neededFor(account), maxAge }
  if (satisfies(session, need, services.clock())) return { session, account }
  await console.signIn(ctx, need, returnTo, { email: account.email })
  return undefined
}

/** A form of the pages, sent by its owner. One that comes too late leads back to `page`, after the second factor. */
export async function sentBy(
  services: Services,
  console: Console,
  ctx: Context,
  page: string,
  maxAge = changing,
): Promise<(Owner & { fields: Fields }) | undefined> {
  const owner = await signedInOwner(services, console, ctx, maxAge, `${page}?said=choose_again`)
  if (owner === undefined) return undefined
  const fields = readFields(ctx)
  checkFormToken(fields, owner.session.form)
  return { ...owner, fields }
}

/** Who acts, for what is told of it. */
export function actingOn({ config }: Services, ctx: Context, { account }: Owner): Acting {
  return { account: account.id, origin: originOf(ctx), app: config.brand.name }
}

/** What was filled in before, or what the address of a page says to its top; whatever else stands there says nothing. */
export function messageOf(services: Services, ctx: Context, { session }: Owner): PageMessage | undefined {
  const kept = keptForm(services, ctx, session)
  if (kept !== undefined) return kept
  const { said } = ctx.query
  const known = isMessage(said) && messages[said].tone !== 'error'
  return known ? { key: said } : undefined
}
