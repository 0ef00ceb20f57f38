import type Router from '@koa/router'
import type { Context } from 'koa'
import {
  agreeToInvitation,
  invite,
  openInvitations,
  resendInvitation,
  revokeInvitation,
} from '../../organization/invitations.ts'
import { createPerson } from '../../organization/people.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { tagFor } from '../../rules/locale.ts'
import type { MessageKey } from '../../rules/messages.ts'
import type { Organization } from '../../rules/organization.ts'
import { keptForm } from '../console/kept-form.ts'
import type { Console } from '../console/session.ts'
import { type Fields, formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Admin, lookingAt, ownOrganization, sentByAdmin, signedIn } from './super-admin.ts'

const path = '/:organization/invitations'
const mostShown = 100

/** People who were asked to join, and asking more. */
export function invitationRoutes(services: Services, console: Console, router: Router): void {
  router.get(path, (ctx) => showInvitations(services, console, ctx))
  router.post(path, formBody, (ctx) => changeInvitations(services, console, ctx))
}

async function showInvitations(services: Services, console: Console, ctx: Context): Promise<void> {
  const admin = await signedIn(services, console, ctx, lookingAt)
  if (admin === undefined) return
  const said = done.find((key) => key === ctx.query.said)
  await show(services, ctx, admin, keptForm(services, ctx, admin.session) ?? (said && { key: said }))
}

/** What is said after a change that was done. */
const done = ['role_proposed', 'invited', 'invited_again', 'invitation_revoked', 'person_made'] as const

/** POST: change=invite | create (address, name, role, locale) | resend | agree | revoke (id). */
async function changeInvitations(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentByAdmin(services, console, ctx)
  if (sent === undefined) return
  const { admin, organization, fields } = sent
  const outcome = await change(services, admin, organization, fields)
  if ('refused' in outcome) return show(services, ctx, admin, refusedForm({ key: outcome.refused }, fields))
  seeOther(ctx, `${ctx.path}?said=${outcome.done}`)
}

type Outcome = { refused: MessageKey } | { done: (typeof done)[number] }

async function change(
  services: Services,
  { account: { id: by } }: Admin,
  { id: organization }: Organization,
  fields: Fields,
): Promise<Outcome> {
  const about = { organization, id: fields.id ?? '', by }
  if (fields.change === 'resend') {
    const refusal = await resendInvitation(services, about)
    return refusal === undefined ? { done: 'invited_again' } : { refused: `invitation_${refusal}` }
  }
  if (fields.change === 'agree') {
    const refusal = await agreeToInvitation(services, about)
    return refusal === undefined ? { done: 'invited' } : { refused: `invitation_${refusal}` }
  }
  if (fields.change === 'revoke') {
    const refusal = await revokeInvitation(services, about)
    return refusal === undefined ? { done: 'invitation_revoked' } : { refused: `invitation_${refusal}` }
  }
  const role = fields.role === 'super_admin' ? ('super_admin' as const) : ('member' as const)
  const locale = tagFor(fields.locale ?? '') ?? 'en'
  const { address = '', name = '' } = fields
  if (fields.change === 'create') {
    const made = { login: address, name, locale, role: 'member' as const }
    const outcome = await createPerson(services, made, { by, reason: '', organization })
    return outcome.ok ? { done: 'person_made' } : { refused: createMessages[outcome.reason] }
  }
  const outcome = await invite(services, { organization, address, name, role, locale, by })
  if (!outcome.ok) return { refused: inviteMessages[outcome.reason] }
  return { done: outcome.invitation.status === 'proposed' ? 'role_proposed' : 'invited' }
}

const inviteMessages = {
  unreadable: 'address_unreadable',
  member: 'invite_member',
  invited: 'invite_invited',
  too_often: 'invite_too_often',
  unknown: 'not_possible',
} as const

const createMessages = {
  unreadable: 'address_unreadable',
  name: 'name',
  taken: 'address_taken',
  not_yours: 'address_not_yours',
  unknown: 'not_possible',
} as const

async function show(services: Services, ctx: Context, admin: Admin, message?: PageMessage): Promise<void> {
  const organization = await ownOrganization(services, ctx, admin)
  const base = `/administration/${encodeURIComponent(organization.id)}`
  const found = await openInvitations(services, organization.id, { limit: mostShown })
  const page = services.views.page('invitations', localeOf(ctx), {
    ...formLocals(`${base}/invitations`, admin.session.form, message),
    back: base,
    organization: organization.name,
    domains: organization.domains ?? [],
    invitations: found.map(({ id, address, name, role, sentAt, expiresOn, status, by }) => ({
      ...{ id, address, name, role, sentAt, expiresOn },
      proposed: status === 'proposed',
      mine: by === admin.account.id,
      over: expiresOn <= services.clock(),
    })),
  })
  showPage(ctx, page)
}
