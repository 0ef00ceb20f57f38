import type { CaseStatus, RecoveryCase } from '../rules/recovery-case.ts'
import { isOpen } from '../rules/recovery-case.ts'
import { changedRecently } from './facts.ts'
import type { RecoveryServices } from './services.ts'

/** Why somebody who looks at a request doesn't decide it. */
export type NotMine = 'own_case' | 'not_asked' | 'already_approved' | 'recent_change' | 'not_possible'

/** A request as it stands in an inbox. */
export interface InboxItem {
  id: string
  account: string
  name: string
  email: string
  status: CaseStatus
  kind?: 'reactivation' | undefined
  route?: string | undefined
  openedAt: number
  /** When it ends by itself, or its hold does. */
  until: number
  approvals: number
  approvalsNeeded: number
  /** Undefined where the reader decides it now. */
  notMine?: NotMine | undefined
}

export interface Inbox {
  /** Those that the reader can decide first, then the one that ends first. */
  open: InboxItem[]
  /** The newest first. */
  past: InboxItem[]
  /** Where the past goes on. */
  next?: string | undefined
}

type Looking = Pick<RecoveryServices, 'store' | 'accounts' | 'clock' | 'config'>

const pastPage = 25
/** Open ones lie among the newest: a case ends by itself after weeks. */
const looked = 500

/** The requests of an organization, for one of its super admins. `after` is the id of the last past one that was shown. */
export async function organizationInbox(
  services: Looking,
  organization: string,
  reader: string,
  after?: string,
): Promise<Inbox> {
  const { cases } = services.store
  const newest = await cases.find('organization', organization, { limit: looked, backwards: true })
  const open = after === undefined ? newest.filter(isOpen) : []
  const from = after === undefined ? undefined : await cases.get(after)
  const ended =
    from === undefined
      ? newest.filter((one) => !isOpen(one))
      : (
          await cases.find('organization', organization, { limit: looked, after: from, backwards: true })
        ).filter((one) => !isOpen(one))
  return inboxOf(services, reader, open, ended)
}

/** The requests on the desk of the operator's support, for one of its agents. */
export async function supportInbox(services: Looking, reader: string): Promise<InboxItem[]> {
  const found = await services.store.cases.find('desk', 'support', { limit: looked })
  return (await inboxOf(services, reader, found, [])).open
}

async function inboxOf(
  services: Looking,
  reader: string,
  open: RecoveryCase[],
  ended: RecoveryCase[],
): Promise<Inbox> {
  const recent = await isNew(services, reader)
  const item = (one: RecoveryCase) => itemOf(services, one, mineOrNot(one, reader, recent))
  const shown = ended.slice(0, pastPage)
  return {
    open: (await Promise.all(open.map(item))).sort(
      (a, b) => Number(a.notMine !== undefined) - Number(b.notMine !== undefined) || a.until - b.until,
    ),
    past: await Promise.all(shown.map(item)),
    next: ended.length > pastPage ? shown.at(-1)!.id : undefined,
  }
}

async function isNew({ accounts, clock, config }: Looking, reader: string): Promise<boolean> {
  const account = await accounts.get(reader)
  return account === undefined || changedRecently(account, clock(), config)
}

/** Why the reader doesn't decide a case at this moment, if it is so. */
export function mineOrNot(one: RecoveryCase, reader: string, recent: boolean): NotMine | undefined {
  if (one.account === reader) return 'own_case'
  if (one.status !== 'awaiting_admin' && one.status !== 'awaiting_support') return 'not_possible'
  if (one.status === 'awaiting_admin' && !one.approvers.includes(reader)) return 'not_asked'
  if (one.approvals.some(({ by }) => by === reader)) return 'already_approved'
  return recent ? 'recent_change' : undefined
}

async function itemOf(
  { accounts }: Looking,
  one: RecoveryCase,
  notMine: NotMine | undefined,
): Promise<InboxItem> {
  const subject = await accounts.get(one.account)
  const { id, account, status, kind, route, openedAt, approvals, terms } = one
  return {
    id,
    account,
    name: subject?.name ?? '',
    email: subject?.email ?? '',
    status,
    kind,
    route,
    openedAt,
    until: untilOf(one),
    approvals: approvals.length,
    approvalsNeeded: terms.approvalsNeeded,
    notMine,
  }
}

const untilOf = ({ status, hold, expiresOn }: RecoveryCase): number =>
  status === 'holding' || status === 'granted' ? (hold?.until ?? expiresOn) : expiresOn

/** One thing that happened to a request. */
export interface CaseEntry {
  at: number
  status: CaseStatus
  /** Who did it, by name; the subject and the program itself have none. */
  by?: string | undefined
  reason?: string | undefined
}

/** The whole history of a case, with the names of those who acted and what they said. */
export async function caseHistory({ accounts }: Looking, one: RecoveryCase): Promise<CaseEntry[]> {
  const names = new Map<string, string>()
  for (const { by } of one.history)
    if (by !== undefined && by !== one.account && !names.has(by))
      names.set(by, (await accounts.get(by))?.name ?? by)
  return one.history.map(({ at, status, by }) => ({
    at,
    status,
    by: by === undefined ? undefined : names.get(by),
    reason: reasonAt(one, at, by),
  }))
}

function reasonAt({ approvals, decision, begun }: RecoveryCase, at: number, by?: string): string | undefined {
  if (by === undefined) return undefined
  const said = [...approvals, ...(decision === undefined ? [] : [decision])]
  const found = said.find((one) => one.by === by && one.at === at)?.reason
  return found || (begun?.by === by && begun.at === at ? begun.reason : undefined)
}
