import type { Context } from 'koa'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import type { Account } from '../../rules/account.ts'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { isSuperAdmin } from '../../rules/membership.ts'
import type { Organization } from '../../rules/organization.ts'
import { askedFor, type Console, freshSecondFactor, type Need } from '../console/session.ts'
import { checkFormToken, type Fields, readFields } from '../http/form.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'

/** Someone signed in at the administration; whether they are super admin is asked for each organization. */
export interface Admin {
  session: ConsoleSession
  account: Account
}

/** Looking takes a second factor of the working day; changing somebody takes one of the last five minutes. */
export const lookingAt: Need = { acr: acrMultiFactor, maxAge: 8 * 3600 }

/** Who is signed in, strongly and recently enough; else they are sent to sign in, and nothing is returned. */
export async function signedIn(
  services: Services,
  console: Console,
  ctx: Context,
  need: Need,
): Promise<Admin | undefined> {
  const session = await console.session(ctx, need)
  const account = session && (await services.accounts.get(session.account))
  if (session !== undefined && account !== undefined) return { session, account }
  // A form that comes too late leads back to its page: what was decided is asked again, after the second factor.
  await console.signIn(ctx, need, askedFor(ctx))
  return undefined
}

/** A form that a super admin has sent, in the organization of its address. */
export interface SentByAdmin {
  admin: Admin
  organization: Organization
  fields: Fields
}

/** Changing something takes a fresh second factor, the role at this moment, and the form's token. */
export async function sentByAdmin(
  services: Services,
  console: Console,
  ctx: Context,
  need: Need = freshSecondFactor,
): Promise<SentByAdmin | undefined> {
  const admin = await signedIn(services, console, ctx, need)
  if (admin === undefined) return undefined
  const organization = await ownOrganization(services, ctx, admin)
  const fields = readFields(ctx)
  checkFormToken(fields, admin.session.form)
  return { admin, organization, fields }
}

/** The organization of the address, if the visitor is super admin of it at this moment; else there is none to see. */
export async function ownOrganization(
  { store }: Services,
  ctx: Context,
  { account }: Pick<Admin, 'account'>,
): Promise<Organization> {
  const id = String(ctx.params.organization)
  const membership = await store.memberships.get(`${id}:${account.id}`)
  const organization = isSuperAdmin(membership) ? await store.organizations.get(id) : undefined
  if (organization === undefined) throw new Problem(403, 'forbidden')
  return organization
}
