import type { FactorKind } from '../rules/account.ts'
import type { Origin } from '../rules/attempt.ts'
import { flatOrigin } from '../rules/attempt.ts'
import type { AuditEvent } from '../rules/audit/events.ts'
import type { Effect, Notice, NoticeName, SignalEvent } from '../rules/effect.ts'

/** Who changes something of their own account, and where. */
export interface Acting {
  account: string
  origin: Origin
  /** The app as people know it. */
  app: string
}

/** What happened, as the log, the person's mail and the apps are told. */
export interface Happening {
  /** Unique: a repeat of the same effect is recognized by it. */
  id: string
  event: AuditEvent
  detail?: { [name: string]: string | number }
  notice?: NoticeName
  data?: Notice['data']
  also?: string
  signals?: SignalEvent[]
}

/** The effects that go with a change a person makes, to be written together with it. */
export function toldOf({ account, app, origin }: Acting, happening: Happening, now: number): Effect[] {
  const { id, event, detail = {}, notice, data, also, signals } = happening
  const from = flatOrigin(origin)
  const effects: Effect[] = [
    {
      kind: 'audit',
      id: `${id}:audit`,
      event,
      actor: account,
      subject: account,
      detail: { ...detail, ...from },
    },
  ]
  if (notice !== undefined) {
    const told = { at: now, app, ...data, ...from }
    const where = also === undefined ? {} : { also }
    effects.push({ kind: 'notice', id: `${id}:notice`, name: notice, to: account, data: told, ...where })
  }
  if (signals !== undefined)
    effects.push({ kind: 'signal', id: `${id}:signal`, account, txn: id, events: signals })
  return effects
}

/** The log and the person's mail, of a factor that came or went. The apps are told by the caller, with what they know. */
export function factorTold(
  { account, app, origin }: Acting,
  what: 'added' | 'removed',
  factor: FactorKind,
  id: string,
  now: number,
): Effect[] {
  const from = flatOrigin(origin)
  return [
    {
      kind: 'audit',
      id: `${id}:audit`,
      event: `factor.${what}`,
      actor: account,
      subject: account,
      detail: { factor, address: from.address },
    },
    {
      kind: 'notice',
      id: `${id}:notice`,
      name: `factor_${what}`,
      to: account,
      data: { at: now, factor, app, ...from },
    },
  ]
}
