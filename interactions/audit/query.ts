import type { Context } from 'koa'
import { foldAddress } from '../../rules/addresses.ts'
import type { AuditEvent } from '../../rules/audit/events.ts'
import { type AuditFilter, isAuditEvent } from '../../rules/audit/filter.ts'
import type { Services } from '../services.ts'

/** What is filled in on the page of the log: all of it text, as it was typed. */
export interface AuditAsked {
  person: string
  actor: string
  event: string
  case: string
  /** YYYY-MM-DD, in UTC. */
  from: string
  to: string
}

export const filterNames = ['person', 'actor', 'event', 'case', 'from', 'to'] as const

const day = 86_400_000
const longest = 200

/** From the query of the page, or from the fields of its form. */
export function askedIn(given: { readonly [name: string]: unknown }): AuditAsked {
  const text = (name: (typeof filterNames)[number]): string => {
    const value = given[name]
    return typeof value === 'string' ? value.trim().slice(0, longest) : ''
  }
  return {
    person: text('person'),
    actor: text('actor'),
    event: text('event'),
    case: text('case'),
    from: text('from'),
    to: text('to'),
  }
}

export const askedBy = (ctx: Context): AuditAsked => askedIn(ctx.query)

/** The filter, or the name of the field in which nobody and nothing is known. */
export async function filterOf(
  services: Pick<Services, 'accounts'>,
  asked: AuditAsked,
): Promise<{ filter: AuditFilter } | { unknown: 'person' | 'actor' | 'event' | 'from' | 'to' }> {
  const person = await idOf(services, asked.person)
  const actor = await idOf(services, asked.actor)
  if (asked.event !== '' && eventsOf(asked.event).length === 0) return { unknown: 'event' }
  for (const name of ['from', 'to'] as const)
    if (asked[name] !== '' && Number.isNaN(Date.parse(asked[name]))) return { unknown: name }
  return {
    filter: {
      person,
      actor,
      case: asked.case === '' ? undefined : asked.case,
      events: asked.event === '' ? undefined : eventsOf(asked.event),
      from: asked.from === '' ? undefined : Date.parse(asked.from),
      // A day is asked for whole.
      to: asked.to === '' ? undefined : Date.parse(asked.to) + (asked.to.includes('T') ? 0 : day - 1),
    },
  }
}

/** Somebody by their address; whatever else is asked for is an id, of somebody who may be gone by now. */
async function idOf({ accounts }: Pick<Services, 'accounts'>, asked: string): Promise<string | undefined> {
  if (asked === '') return undefined
  return (await accounts.find(foldAddress(asked)))?.id ?? asked
}

const eventsOf = (asked: string): AuditEvent[] => asked.split(/[\s,]+/).filter(isAuditEvent)
