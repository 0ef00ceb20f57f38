import type { Context } from 'koa'
import { changeMember } from '../../organization/members.ts'
import { type ActsBy, askLogin, renamePerson, takeFactor, withdrawLogin } from '../../organization/people.ts'
import { changeRole, decideProposal } from '../../organization/roles.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { tagFor } from '../../rules/locale.ts'
import { type MemberChange, memberChanges, undoneBy } from '../../rules/member-change.ts'
import type { MessageKey } from '../../rules/messages.ts'
import type { Console } from '../console/session.ts'
import { type Fields, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { type Admin, sentByAdmin } from './super-admin.ts'

const longestReason = 500

/** A change of one member, as it was sent. */
interface Sent {
  services: Services
  ctx: Context
  admin: Admin
  organization: string
  account: string
  reason: string
  fields: Fields
}

/** What came of it: what the page says, in place of the page where it is another one. */
type Said = { refused: MessageKey } | { said: MessageKey } | { done: string }

type Change = (sent: Sent) => Promise<Said>

/** POST: change, reason, and what the change takes. */
export async function changePerson(
  services: Services,
  console: Console,
  ctx: Context,
  show: (admin: Admin, message: PageMessage) => Promise<void>,
): Promise<void> {
  const form = await sentByAdmin(services, console, ctx)
  if (form === undefined) return
  const { admin, organization, fields } = form
  const account = String(ctx.params.account)
  const membership = await services.store.memberships.get(`${organization.id}:${account}`)
  if (membership === undefined) throw new Problem(404, 'not_found')
  const wanted = fields.change ?? ''
  const change = Object.hasOwn(changes, wanted) ? changes[wanted] : undefined
  const reason = fields.reason?.trim() ?? ''
  const again = (key: MessageKey) => show(admin, refusedForm({ key }, fields))
  if (change === undefined) return again('unknown')
  if (!reasonless.has(wanted) && reason === '') return again('reason_missing')
  if (reason.length > longestReason) return again('reason_too_long')
  const sent = { services, ctx, admin, organization: organization.id, account, reason, fields }
  const outcome = await change(sent)
  if ('refused' in outcome) return again(outcome.refused)
  if ('said' in outcome) return show(admin, { key: outcome.said })
  await showDone(sent, outcome.done)
}

const reasonless: ReadonlySet<string> = new Set(['agree', 'refuse', 'withdraw_login'])

const actsBy = ({ admin, organization, reason }: Sent): ActsBy => ({
  by: admin.account.id,
  reason,
  organization,
})

const aboutMember = ({ admin, organization, account, reason }: Sent) => ({
  organization,
  account,
  by: admin.account.id,
  reason,
})

const changes: { readonly [change: string]: Change } = {
  ...Object.fromEntries(
    memberChanges.map((wanted): [string, Change] => [
      wanted,
      async (sent) => {
        const refusal = await changeMember(sent.services, wanted, aboutMember(sent))
        return refusal === undefined ? { done: wanted } : { refused: `member_${refusal}` }
      },
    ]),
  ),
  role: async (sent) => {
    const role = sent.fields.role === 'super_admin' ? 'super_admin' : 'member'
    const outcome = await changeRole(sent.services, { ...aboutMember(sent), role })
    if (!outcome.ok) return { refused: `member_${outcome.reason}` }
    return { said: outcome.outcome === 'proposed' ? 'role_proposed' : 'role_changed' }
  },
  agree: (sent) => decide(sent, true),
  refuse: (sent) => decide(sent, false),
  rename: async (sent) => {
    const { name = '', given, family, locale } = sent.fields
    const names = {
      name,
      givenName: given?.trim() || undefined,
      familyName: family?.trim() || undefined,
      locale: tagFor(locale ?? ''),
    }
    const refusal = await renamePerson(sent.services, sent.account, names, actsBy(sent))
    return refusal === undefined ? { said: 'renamed' } : { refused: nameMessages[refusal] }
  },
  login: async (sent) => {
    const refusal = await askLogin(sent.services, sent.account, sent.fields.address ?? '', actsBy(sent))
    return refusal === undefined ? { said: 'login_asked' } : { refused: loginMessages[refusal] }
  },
  withdraw_login: async (sent) => {
    const refusal = await withdrawLogin(sent.services, sent.account, actsBy(sent))
    return refusal === undefined ? { said: 'login_withdrawn' } : { refused: `member_${refusal}` }
  },
  take_factor: async (sent) => {
    const refusal = await takeFactor(sent.services, sent.account, sent.fields.factor ?? '', actsBy(sent))
    return refusal === undefined ? { said: 'factor_taken' } : { refused: `member_${refusal}` }
  },
}

const nameMessages = {
  name: 'name',
  unknown: 'member_unknown',
  elsewhere: 'member_elsewhere',
  precondition_failed: 'not_possible',
} as const

const loginMessages = {
  unknown: 'member_unknown',
  elsewhere: 'member_elsewhere',
  unreadable: 'address_unreadable',
  same: 'address_same',
  taken: 'address_taken',
  not_yours: 'address_not_yours',
} as const

async function decide({ services, organization, account, admin }: Sent, agree: boolean): Promise<Said> {
  const by = admin.account.id
  const outcome = await decideProposal(services, { organization, account, by, agree })
  if (!outcome.ok) return { refused: `member_${outcome.reason}` }
  return { said: agree ? 'role_changed' : 'role_refused' }
}

async function showDone(
  { services, ctx, admin, organization, account }: Sent,
  outcome: string,
): Promise<void> {
  const person = await services.accounts.get(account)
  const back = `/administration/${encodeURIComponent(organization)}`
  const gone = outcome === 'remove' && person?.status !== 'removed'
  if (person === undefined) return seeOther(ctx, back)
  const page = services.views.page('member_done', localeOf(ctx), {
    ...{ base: `${back}/members/${encodeURIComponent(account)}`, form: admin.session.form, back },
    outcome: gone ? 'remove_membership' : outcome,
    name: person.name,
    undo: gone ? undefined : undoneBy[outcome as MemberChange],
  })
  showPage(ctx, page)
}
