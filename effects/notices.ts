import { type KeyRing, tokenHash } from '../adapters/secrets/key-ring.ts'
import type { Account } from '../rules/account.ts'
import type { Origin } from '../rules/attempt.ts'
import { defined } from '../rules/defined.ts'
import type { Notice, NoticeName } from '../rules/notice.ts'
import { isOpen, type RecoveryCase } from '../rules/recovery-case.ts'
import { mailed } from '../rules/told.ts'
import type { NoticeData } from '../views/notices.ts'
import { confirmToken, mailedToken } from './links.ts'
import type { HandlerServices } from './services.ts'

export type NoticeServices = Pick<
  HandlerServices,
  'config' | 'store' | 'accounts' | 'clock' | 'ring' | 'views' | 'outbox'
>

/** Notices to super admins about someone else, and codes: they carry no "this wasn't me". */
const withoutDisavow = new Set<NoticeName>([
  'approval_requested',
  'approval_withdrawn',
  'approval_disavowed',
  'support_requested',
  'support_ready',
  'identity_verified',
  'account_deactivated',
  'account_removed',
  'account_reactivated',
  'membership_suspended',
  'membership_reinstated',
  'membership_ended',
  'role_raised',
  'role_lowered',
  'role_proposed',
  'invitation_proposed',
  'role_told',
  'name_changed',
  'login_confirm',
  'factor_taken',
  'invitation',
  'policy_changed',
  'role_changed',
  'drill',
  'mail_code',
  'address_code',
])

export const disavowLifetime = 14 * 86_400_000
/** Longer than the longest case, and some days to read how it ended. */
const statusLifetime = 45 * 86_400_000

/** Writes a notice and queues it for every verified address of its recipient, each once. */
export async function sendNotice(services: NoticeServices, notice: Notice): Promise<void> {
  const recipient = await services.accounts.get(notice.to)
  if (recipient === undefined) return
  const about = notice.case === undefined ? undefined : await services.store.cases.get(notice.case)
  const data = await noticeData(services, notice, recipient, about)
  for (const address of addressesFor(notice, recipient)) {
    const id = `${notice.id}:${address}`
    // Each says where it was sent: whoever has several mailboxes can tell which one was told.
    const mail = { ...data, email: address } as NoticeData<NoticeName>
    const rendered = services.views.notice(notice.name, recipient.locale ?? 'en', mail)
    await services.outbox.queue(id, queueFor(recipient.id, address, notice.name), {
      kind: 'message',
      message: { id, channel: 'mail', to: address, ...rendered },
    })
  }
}

/**
 * In order for each address: one that doesn't take mail holds up no other. Whoever waits for a code waits for no notice.
 */
const queueFor = (account: string, address: string, name: NoticeName): string =>
  [account, tokenHash(address).slice(0, 12), ...(codes.has(name) ? ['code'] : [])].join(':')

const codes = new Set<NoticeName>(['mail_code', 'address_code'])

function addressesFor({ only, also }: Notice, { addresses }: Account): string[] {
  if (only !== undefined) return [only]
  const own = addresses.map(({ address }) => address)
  return also === undefined || own.includes(also) ? own : [...own, also]
}

async function noticeData(
  services: NoticeServices,
  notice: Notice,
  recipient: Account,
  about: RecoveryCase | undefined,
): Promise<object> {
  const { data } = notice
  const { approve, signIn, ...links } = await offered(services, notice, recipient, about)
  return {
    ...(about === undefined ? {} : await caseData(services, about)),
    ...data,
    ...(await membershipData(services, data)),
    ...readOrigin(data),
    at: typeof data.at === 'number' ? data.at : services.clock(),
    name: recipient.name,
    approve,
    signIn,
    ...defined(links),
  }
}

/** Pages of an organization that notices lead to. */
const rooms: { readonly [name in NoticeName]?: string } = {
  drill: 'readiness',
  invitation_proposed: 'invitations',
}

/** The code that it brings, and the links: each makes a token, and is there only where the notice is for it. */
async function offered(
  services: NoticeServices,
  notice: Notice,
  recipient: Account,
  about: RecoveryCase | undefined,
) {
  const { name, sealed, data } = notice
  const { issuer, base } = services.config
  const owns = about?.account === recipient.id && !withoutDisavow.has(name)
  const desk = name.startsWith('support_') ? `${issuer}/support/cases/${notice.case}` : undefined
  const room = rooms[name]
  const there = room && `${base}/administration/${data.organizationId}/${room}`
  return {
    code: sealed && services.ring.open(sealed, sealContext(notice)),
    approve: name === 'approval_requested' ? await approveUrl(services, recipient, about) : undefined,
    signIn: signsIn.has(name) ? await signInUrl(services, recipient, about) : undefined,
    desk: desk ?? there,
    confirm: await confirmation(services, notice, recipient),
    support: asksSupport(name, about) ? await supportUrl(services, recipient, about) : undefined,
    status: owns ? await statusUrl(services, recipient, about) : undefined,
    disavow: withoutDisavow.has(name) ? undefined : await disavowUrl(services, notice, recipient, about),
  }
}

/** Whoever gets one of these can sign in again. */
const signsIn = new Set<NoticeName>(['recovery_completed', 'account_reactivated'])

const asksSupport = (name: NoticeName, about: RecoveryCase | undefined): about is RecoveryCase =>
  name === 'recovery_requested' && about?.offers.includes('support') === true

async function confirmation(
  services: NoticeServices,
  notice: Notice,
  recipient: Account,
): Promise<string | undefined> {
  if (notice.name === 'login_confirm') return loginUrl(services, notice, recipient)
  return notice.name === 'identity_ready' ? confirmUrl(services, notice, recipient) : undefined
}

/** A notice that mails a code to one address, and to no other: what is proven is that very mailbox. */
export function codeNotice(
  ring: KeyRing,
  name: 'mail_code' | 'address_code',
  {
    id,
    to,
    only,
    code,
    origin,
    at,
  }: {
    id: string
    to: string
    only: string
    code: string
    origin: Origin
    at: number
  },
): Notice {
  const sealed = ring.seal(code, sealContext({ id }))
  return mailed(name, to, { id, only, data: { at, ...origin }, sealed })
}

/** What a notice's secret is sealed for: its case, or itself. */
export function sealContext(notice: Pick<Notice, 'id' | 'case'>): string {
  return `notice|${notice.case ?? notice.id}`
}

/** Effects hold flat values only; an origin's parts travel as origin.address and so on. */
function readOrigin(data: Notice['data']): { origin?: Origin } {
  if (data.address === undefined) return {}
  return {
    origin: {
      address: String(data.address),
      browser: String(data.browser ?? ''),
      system: String(data.system ?? ''),
    },
  }
}

async function caseData({ store, accounts }: NoticeServices, about: RecoveryCase): Promise<object> {
  const subject = await accounts.get(about.account)
  const organization = about.organization && (await store.organizations.get(about.organization))
  const beginner = about.begun && ((await accounts.get(about.begun.by))?.name ?? '')
  return {
    begunBy: beginner,
    origin: about.origin,
    app: about.app,
    subjectName: subject?.name ?? '',
    subjectEmail: subject?.email ?? '',
    organization: organization ? organization.name : undefined,
  }
}

/** The organization that it is about, and whom of it, by their names as they are now. */
async function membershipData(
  { store, accounts, config }: NoticeServices,
  { organizationId, about }: Notice['data'],
): Promise<object> {
  if (organizationId === undefined) return {}
  const id = String(organizationId)
  const organization = (await store.organizations.get(id))?.name ?? id
  const subject = about === undefined ? undefined : await accounts.get(String(about))
  if (subject === undefined) return { organization }
  const { name: subjectName, email: subjectEmail } = subject
  const path = [id, 'members', subject.id].map(encodeURIComponent).join('/')
  return { organization, subjectName, subjectEmail, desk: `${config.base}/administration/${path}` }
}

async function loginUrl(services: NoticeServices, notice: Notice, recipient: Account): Promise<string> {
  const { change, until } = notice.data
  const token = await mailedToken(services.store, services.ring, {
    purpose: 'login',
    createdAt: services.clock(),
    account: recipient.id,
    about: String(change),
    expiresAt: Number(until),
  })
  return `${services.config.base}/address/${token}`
}

/** Where a reset person goes on: anywhere, or through the link that the policy asks for in another browser. */
async function signInUrl(
  services: NoticeServices,
  recipient: Account,
  about?: RecoveryCase,
): Promise<string> {
  const { base, start } = services.config
  const until = recipient.recovered?.mailUntil
  if (about === undefined || until === undefined || recipient.recovered?.case !== about.id) return start
  const link = { purpose: 'completion', account: recipient.id, case: about.id, expiresAt: until } as const
  const token = await mailedToken(services.store, services.ring, { ...link, createdAt: services.clock() })
  return `${base}/recovery/continue/${token}`
}

async function supportUrl(
  services: NoticeServices,
  recipient: Account,
  about: RecoveryCase,
): Promise<string> {
  const link = {
    purpose: 'support',
    account: recipient.id,
    case: about.id,
    expiresAt: about.expiresOn,
  } as const
  const token = await mailedToken(services.store, services.ring, { ...link, createdAt: services.clock() })
  return `${services.config.base}/recovery/support/${token}`
}

/** Where the request stands: one link for all mails about it, as long as anyone may want to know. */
async function statusUrl(services: NoticeServices, recipient: Account, about: RecoveryCase): Promise<string> {
  const { openedAt } = about
  const link = { purpose: 'status', account: recipient.id, case: about.id, createdAt: openedAt } as const
  const token = await mailedToken(services.store, services.ring, {
    ...link,
    expiresAt: openedAt + statusLifetime,
  })
  return `${services.config.base}/recovery/status/${token}`
}

async function confirmUrl(services: NoticeServices, notice: Notice, recipient: Account): Promise<string> {
  const { run, until } = notice.data
  const one = { id: String(run), account: recipient.id, case: notice.case, expiresAt: Number(until) }
  return `${services.config.base}/recovery/identity/confirm/${await confirmToken(services, one)}`
}

async function approveUrl(
  services: NoticeServices,
  recipient: Account,
  about: RecoveryCase | undefined,
): Promise<string> {
  const token = await mailedToken(services.store, services.ring, {
    purpose: 'approve',
    createdAt: services.clock(),
    account: recipient.id,
    case: about?.id,
    expiresAt: (about !== undefined && isOpen(about) ? about.expiresOn : services.clock()) + disavowLifetime,
  })
  return `${services.config.base}/recovery/approve/${token}`
}

async function disavowUrl(
  services: NoticeServices,
  notice: Notice,
  recipient: Account,
  about: RecoveryCase | undefined,
): Promise<string> {
  const token = await mailedToken(services.store, services.ring, {
    purpose: 'disavow',
    createdAt: services.clock(),
    account: recipient.id,
    case: about?.id,
    about: about === undefined ? `${notice.name}|${notice.id}` : notice.name,
    expiresAt: Math.max(services.clock(), about?.expiresOn ?? 0) + disavowLifetime,
  })
  return `${services.config.base}/recovery/disavow/${token}`
}
