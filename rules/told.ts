import type { Origin } from './attempt.ts'
import type { AuditEvent } from './audit/events.ts'
import { defined } from './defined.ts'
import type { Effect, SignalEffect, SignalEvent } from './effect.ts'
import type { Notice, NoticeName } from './notice.ts'

/** Who did what is told, to whom it was done, and where. */
export interface ToldBy {
  /** Whose account or organization, or which, it is about. */
  subject?: string | undefined
  /** Left out where nobody is known to have done it. */
  actor?: string | undefined
  origin?: Origin | undefined
  /** The app as people know it. */
  app?: string | undefined
  /** The recovery case it belongs to. */
  case?: string | undefined
  at?: number | undefined
}

/** What happened: as the log is told, and where it says so the person by mail, and the apps. */
export interface Happening {
  /** Unique: what is told a second time is recognized by it. */
  id: string
  event: AuditEvent
  detail?: { [name: string]: string | number | boolean | undefined } | undefined
  notice?: NoticeName | undefined
  data?: Notice['data'] | undefined
  /** The notice goes to this address as well: it was the person's until now. */
  also?: string | undefined
  /** A secret that the notice carries. */
  sealed?: string | undefined
  signals?: SignalEvent[] | undefined
  /** What the apps are told has one cause with this; the happening itself where it is left out. */
  txn?: string | undefined
}

/** The effects by which a change is told, to be written together with it. */
export function told(by: ToldBy, happening: Happening): Effect[] {
  const { id, event, notice, signals } = happening
  const { actor, subject, case: about, origin } = by
  const detail = { ...said(happening.detail), ...origin }
  const effects: Effect[] = [{ kind: 'audit', id: `${id}:audit`, event, actor, subject, case: about, detail }]
  if (subject === undefined) return effects
  if (notice !== undefined) effects.push(noticed(by, subject, notice, happening))
  if (signals !== undefined)
    effects.push(signalled(subject, { id: `${id}:signal`, txn: happening.txn ?? id, events: signals }))
  return effects
}

function noticed(by: ToldBy, to: string, name: NoticeName, { id, data, also, sealed }: Happening): Notice {
  const shown = { ...said({ at: by.at, app: by.app }), ...data, ...by.origin }
  return mailed(name, to, { id: `${id}:notice`, case: by.case, data: shown, also, sealed })
}

/** A notice by itself: somebody else is told as well, or the log is told by what it follows from. */
export const mailed = (
  name: NoticeName,
  to: string,
  about: Omit<Notice, 'kind' | 'name' | 'to'>,
): Notice => ({
  kind: 'notice',
  name,
  to,
  ...about,
})

/** What apps are told by itself: the log is told by what it follows from. */
export const signalled = (account: string, about: Omit<SignalEffect, 'kind' | 'account'>): SignalEffect => ({
  kind: 'signal',
  account,
  ...about,
})

/** What is known of it. */
const said = <T>(values: { [name: string]: T | undefined } = {}): { [name: string]: T } => defined(values)
