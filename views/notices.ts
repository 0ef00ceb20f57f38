import type { Origin } from '../rules/attempt.ts'
import type { FactorKind } from '../rules/factor.ts'
import type { NoticeName } from '../rules/notice.ts'
import type { Texts } from './i18n.ts'
import { describeOrigin } from './origin.ts'
import { policyFacts } from './policy.ts'

/** What every notice knows. */
export interface NoticeCommon {
  /** The reader, and the address that this very mail goes to. */
  name: string
  email: string
  /** The identity provider's name, unless it is the one of the views. */
  brand?: string
  /** When it happened. */
  at: number
  /** The link that says "This wasn't me". */
  disavow?: string
  /** The link that shows where the recipient's request stands. */
  status?: string
  organization?: string
  /** From which device and network. */
  origin?: Origin | string
  app?: string
}

/** Someone else than the reader: the person that a super admin is asked about. */
interface About {
  subjectName: string
  subjectEmail: string
}

interface NoticeFields {
  recovery_requested: {
    code?: string
    approvers: number
    expiresAt: number
    support?: string
    /** The super admin who asked in the person's place. */
    begunBy?: string
  }
  recovery_hold_started: { until: number }
  recovery_reminder: { until: number }
  recovery_ready: object
  recovery_verified: object
  recovery_granted: { until?: number }
  recovery_reopened: { expiresAt: number }
  recovery_completed: { signIn: string }
  recovery_denied: { reason?: string }
  recovery_cancelled: object
  recovery_disavowed: object
  recovery_expired: object
  approval_requested: About & { approve: string; expiresAt?: number }
  approval_withdrawn: About
  approval_disavowed: About
  support_requested: About & { desk: string; until: number }
  support_ready: About & { desk: string; expiresAt: number }
  identity_ready: { confirm: string; until: number }
  identity_verified: About
  proofing_enrolled: object
  proofing_removed: object
  account_deactivated: { reason: string }
  account_removed: { reason: string }
  account_reactivated: { reason: string; signIn: string }
  membership_suspended: { reason: string }
  membership_reinstated: { reason: string }
  membership_ended: { reason: string }
  role_raised: { reason: string }
  role_lowered: { reason: string }
  role_proposed: About & { reason: string; desk: string }
  invitation_proposed: About & { added: string; desk: string }
  role_told: About & { reason: string }
  name_changed: { reason: string }
  login_asked: { reason: string; added: string; until: number }
  login_confirm: { reason: string; added: string; until: number; confirm: string }
  login_changed: { added: string }
  factor_taken: { factor: FactorKind; reason: string }
  invitation: About & { accept: string; until: number }
  policy_changed: About & { [change: string]: unknown }
  sign_in_disavowed: object
  pass_issued: { until: number; code?: string }
  backup_code_used: { left: number }
  passkey_cloned: object
  factor_added: { factor: FactorKind }
  factor_removed: { factor: FactorKind }
  backup_codes_created: object
  /** What whoever was refused must have. */
  prompt_refused: { knows: 'password' | 'mailbox' }
  password_changed: object
  primary_changed: { factor: FactorKind }
  address_code: { code: string }
  address_added: { added: string }
  address_removed: { removed: string }
  sessions_ended: object
  role_changed: { role: string; reason?: string }
  drill: { desk: string; by: string }
  new_device: object
  mail_code: { code: string }
}

export type NoticeData<N extends NoticeName> = NoticeCommon & NoticeFields[N]

export interface RenderedNotice {
  subject: string
  text: string
  html: string
  /** Every URL in the message, in the order in which they appear. */
  links: string[]
}

/** Every value that a mail may show, whatever its name. */
type Shown = NoticeCommon &
  Partial<About> & {
    code?: string
    approvers?: number
    expiresAt?: number
    until?: number
    signIn?: string
    approve?: string
    support?: string
    confirm?: string
    accept?: string
    desk?: string
    kind?: string
    knows?: string
    route?: string
    /** 1 where a photo ID is among the ways offered. */
    identity?: number
    reason?: string
    left?: number
    factor?: string
    added?: string
    removed?: string
    role?: string
    begunBy?: string
  }

interface Mail {
  subject: string
  text: string
  code?: string
  after?: string
  action?: { label: string; url: string }
  support?: { label: string; url: string }
  status?: { label: string; url: string }
  facts: [label: string, value: string][]
  disavow?: { why: string; label: string; url: string }
  footer: string
}

/** A mail as plain text and as HTML, from one description, so that they never say different things. */
export function renderNotice(
  name: NoticeName,
  data: NoticeCommon,
  t: Texts,
  template: (mail: Mail) => string,
  moment: (at: number) => string,
): RenderedNotice {
  const mail = describeMail(name, oneLined(data, t), t, moment)
  return {
    subject: mail.subject,
    text: asText(mail, t),
    html: template(mail),
    links: [mail.action?.url, mail.support?.url, mail.status?.url, mail.disavow?.url].filter(
      (url) => url !== undefined,
    ),
  }
}

function describeMail(name: NoticeName, data: Shown, t: Texts, moment: (at: number) => string): Mail {
  const { code, disavow } = data
  const url = data.approve ?? data.signIn ?? data.confirm ?? data.accept ?? data.desk
  const context = contextOf(name, data)
  return {
    subject: t(`mail.${name}.subject`, { ...data, ...context }),
    text: [
      t(`mail.${name}.text`, { ...data, ...context }),
      ...(doneBySomeone.has(name) && disavow !== undefined ? [t('mail.was_you')] : []),
    ].join(t('join.sentences')),
    code,
    after:
      hasAfter.has(name) && (code !== undefined || name !== 'recovery_requested')
        ? t(`mail.${name}.after`, { ...data })
        : undefined,
    action: url === undefined ? undefined : { label: t(`mail.${name}.action`), url },
    status: data.status === undefined ? undefined : { label: t('mail.status'), url: data.status },
    support: data.support === undefined ? undefined : { label: t('mail.support'), url: data.support },
    facts: [
      ...factsOf(name, data, t, moment),
      ...(name === 'policy_changed' ? policyFacts({ ...data }, t) : []),
    ],
    disavow:
      disavow === undefined ? undefined : { why: t('mail.not_me'), label: t('branch.disavow'), url: disavow },
    footer: t('mail.footer', { ...data }),
  }
}

/** Other words for the same step: of a reactivation, and of a request without a code, as nobody can be told one. */
function contextOf(
  name: NoticeName,
  { code, kind, knows, route, identity, support, reason, role, begunBy }: Shown,
): { context?: string } {
  if (kind === 'reactivation') return { context: 'reactivation' }
  if (name === 'sessions_ended' && reason !== undefined) return { context: 'admin' }
  if (name === 'prompt_refused' && knows === 'mailbox') return { context: 'mailbox' }
  if (name === 'role_changed') return { context: role }
  if (name === 'recovery_requested' && begunBy !== undefined) return { context: 'begun' }
  if (name === 'approval_requested' && begunBy !== undefined) return { context: 'begun' }
  if (name !== 'recovery_requested' || code !== undefined) return {}
  if (route === 'identity') return { context: 'identity' }
  if (identity === 1) return { context: 'choose' }
  return { context: support === undefined ? 'operator' : 'nobody' }
}

const hasAfter = new Set<NoticeName>([
  'recovery_requested',
  'approval_requested',
  'mail_code',
  'address_code',
  'pass_issued',
])

/** Notices of what has ended: until when it would have been open is no news. */
const ended = new Set<NoticeName>([
  'recovery_completed',
  'recovery_denied',
  'recovery_cancelled',
  'recovery_disavowed',
  'recovery_expired',
  'approval_withdrawn',
  'approval_disavowed',
])

/** The delay is over: when it was is no news. */
const ready = new Set<NoticeName>(['recovery_ready', 'support_ready'])

/** Done by the reader, most of the time: whoever did it should read at once that that is all. */
const doneBySomeone = new Set<NoticeName>([
  'recovery_verified',
  'proofing_enrolled',
  'proofing_removed',
  'backup_code_used',
  'backup_codes_created',
  'factor_added',
  'factor_removed',
  'primary_changed',
  'password_changed',
  'address_added',
  'address_removed',
])

function factsOf(
  name: NoticeName,
  given: Shown,
  t: Texts,
  moment: (at: number) => string,
): [string, string][] {
  const until = ended.has(name) || ready.has(name) ? undefined : given.until
  // A pass has a time of its own; its request is decided.
  const expiresAt = ended.has(name) || name === 'pass_issued' ? undefined : given.expiresAt
  const data = { ...given, until, expiresAt }
  // Nobody needs to be told who they are.
  const about = data.subjectName === data.name ? undefined : data.subjectName
  const facts: [string, string | undefined][] = [
    ['mail.who', about && t('mail.person', { name: about, email: data.subjectEmail })],
    ['mail.organization', data.organization],
    ['mail.when', moment(data.at)],
    ['mail.from', data.origin as string | undefined],
    ['mail.app', data.app],
    ['mail.factor', data.factor && t(`factors.kind.${data.factor}`)],
    ['mail.address', data.added ?? data.removed],
    ['mail.left', data.left?.toString()],
    ['mail.reason', data.reason],
    ['mail.until', data.until && moment(data.until)],
    ['mail.expires', data.expiresAt && moment(data.expiresAt)],
  ].map(([key, value]) => [t(key as string), value as string | undefined])
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]))
}

function asText(mail: Mail, t: Texts): string {
  const linkTo = ({ label, url }: { label: string; url: string }) => `${label}${t('join.link')}${url}`
  const parts = [
    mail.text,
    mail.code,
    mail.after,
    mail.action && linkTo(mail.action),
    mail.support && linkTo(mail.support),
    mail.status && linkTo(mail.status),
    mail.facts.map(([label, value]) => label + t('join.colon') + value).join('\n'),
    mail.disavow && `${mail.disavow.why}\n${linkTo(mail.disavow)}`,
    `-- \n${mail.footer}`,
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

/** A name with a line break must not start a new header, nor a new line of the text. */
function oneLined(data: NoticeCommon, t: Texts): Shown {
  const origin = data.origin === undefined ? {} : { origin: describeOrigin(data.origin, t) }
  const lines = Object.entries({ ...data, ...origin }).map(([key, value]) => [key, oneLine(value)])
  return Object.fromEntries(lines) as Shown
}

const oneLine = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim() : value
