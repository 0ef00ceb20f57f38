import Router from '@koa/router'
import type { Context } from 'koa'
import { leastLength } from '../../account/password.ts'
import { type AcceptOutcome, acceptAs, acceptAsNew, invitationOf } from '../../organization/invitations.ts'
import { pendingLoginOf, proveLogin } from '../../organization/people.ts'
import { acrMultiFactor, acrPassword } from '../../rules/assurance.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Invitation } from '../../rules/invitation.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { neededFor } from '../../rules/own-account.ts'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { checkFormToken, formBody, formLocals, readFields, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'

/** Where the links lead that invitations and new sign-in addresses are mailed with. A GET never changes anything. */
export function joiningRoutes(services: Services, console: Console): Router {
  const router = new Router()
  router.get('/invitation/:token', (ctx) => showInvitation(services, ctx))
  router.post('/invitation/:token', formBody, (ctx) => accept(services, console, ctx))
  router.get('/address/:token', (ctx) => showAddress(services, console, ctx))
  router.post('/address/:token', formBody, (ctx) => confirmAddress(services, console, ctx))
  return router
}

/** Bound to the link: whoever has it may send the form that it leads to. */
const formOf = ({ ring }: Services, token: string): string => ring.mac(`joining|${token}`)

async function showInvitation(services: Services, ctx: Context): Promise<void> {
  const invitation = await invitationOf(services, ctx.params.token)
  if (invitation === undefined) return gone(services, ctx)
  await show(services, ctx, invitation)
}

async function show(
  services: Services,
  ctx: Context,
  invitation: Invitation,
  message?: PageMessage,
): Promise<void> {
  const { token } = ctx.params
  const { address, name, role } = invitation
  const [organization, inviter, there] = await Promise.all([
    services.store.organizations.get(invitation.organization),
    services.accounts.get(invitation.by),
    services.accounts.find(address),
  ])
  const page = services.views.page('invitation', localeOf(ctx), {
    ...formLocals(`/invitation/${token}`, formOf(services, token), message),
    organization: organization?.name,
    ...{ inviter: inviter?.name ?? '', address, name, role },
    // Somebody who was made by an administrator has no password yet: this sets it.
    known: there !== undefined && there.id !== invitation.account,
    least: leastLength({ factors: [] }),
  })
  showPage(ctx, page)
}

/** POST: name and password of somebody new; nothing of somebody who signs in. */
async function accept(services: Services, console: Console, ctx: Context): Promise<void> {
  const { token } = ctx.params
  const invitation = await invitationOf(services, token)
  if (invitation === undefined) return gone(services, ctx)
  const fields = readFields(ctx)
  checkFormToken(fields, formOf(services, token))
  const there = await services.accounts.find(invitation.address)
  if (there !== undefined && there.id !== invitation.account)
    return acceptSignedIn(services, console, ctx, invitation)
  const chosen = { name: fields.name ?? '', password: fields.password ?? '' }
  const outcome = await acceptAsNew(services, invitation, chosen)
  if (!outcome.ok)
    return show(services, ctx, invitation, refusedForm({ key: messageOf(outcome.reason) }, fields))
  // The sign-in that follows sets the second factor up, as it takes one.
  const need = { acr: acrMultiFactor, maxAge: freshSecondFactor.maxAge }
  await console.signIn(ctx, need, '/security?said=joined', { email: outcome.address })
}

const messageOf = (reason: Exclude<AcceptOutcome, { ok: true }>['reason']): MessageKey => {
  if (reason === 'name') return 'name'
  return reason === 'over' || reason === 'taken' ? 'not_possible' : `password_${reason}`
}

async function acceptSignedIn(
  services: Services,
  console: Console,
  ctx: Context,
  invitation: Invitation,
): Promise<void> {
  const signed = await signedInAs(
    services,
    console,
    ctx,
    `/invitation/${ctx.params.token}`,
    invitation.address,
  )
  if (signed === undefined) return
  const outcome = await acceptAs(services, invitation, signed)
  if (!outcome.ok) return show(services, ctx, invitation, { key: 'not_possible' })
  seeOther(ctx, '/security?said=joined')
}

/** Whoever is signed in with the account of an address, as strongly as that account takes. */
async function signedInAs(
  services: Services,
  console: Console,
  ctx: Context,
  returnTo: string,
  address: string,
): Promise<string | undefined> {
  const account = await services.accounts.find(address)
  const need = { acr: account === undefined ? acrPassword : neededFor(account), maxAge: 300 }
  const session = await console.session(ctx, need)
  if (session !== undefined && session.account === account?.id) return session.account
  await console.signIn(ctx, need, returnTo, { email: address, again: session !== undefined })
  return undefined
}

async function showAddress(services: Services, console: Console, ctx: Context): Promise<void> {
  const person = await pendingLoginOf(services, ctx.params.token)
  if (person === undefined) return gone(services, ctx)
  const signed = await signedInAs(services, console, ctx, ctx.path, person.login)
  if (signed === undefined) return
  const page = services.views.page('confirm_address', localeOf(ctx), {
    ...formLocals(ctx.path, formOf(services, ctx.params.token)),
    ...{ before: person.login, address: person.pendingLogin!.address },
  })
  showPage(ctx, page)
}

/** POST: the person signs in with the new address from now on. */
async function confirmAddress(services: Services, console: Console, ctx: Context): Promise<void> {
  const person = await pendingLoginOf(services, ctx.params.token)
  if (person === undefined) return gone(services, ctx)
  const signed = await signedInAs(services, console, ctx, ctx.path, person.login)
  if (signed === undefined) return
  checkFormToken(readFields(ctx), formOf(services, ctx.params.token))
  const refusal = await proveLogin(services, person.id, person.pendingLogin!.id)
  if (refusal !== undefined) return gone(services, ctx)
  seeOther(ctx, '/security?said=login_changed')
}

/** Used, withdrawn, replaced by a later one, over, or never sent. */
function gone(services: Services, ctx: Context): void {
  showPage(ctx, services.views.page('link_gone', localeOf(ctx), {}), 404)
}
