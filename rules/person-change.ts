import type { Locale, Protection } from './account.ts'
import { withEffects } from './effect.ts'
import { removeFactor } from './enrolment.ts'
import type { OwnPerson, PendingLogin } from './own-person.ts'
import { visible } from './plain-text.ts'
import { addressesChanged, factorRemoved } from './signals.ts'
import { mailed, told } from './told.ts'

/** How long a new sign-in address waits to be proven. Milliseconds. */
export const loginTime = 3 * 86_400_000
const longestName = 200

/** By whom, why and when, and for which organization. `id` makes the change's effects recognizable. */
export interface PersonChangeBy {
  id: string
  at: number
  by: string
  reason: string
  organization?: string | undefined
}

export interface Names {
  name: string
  givenName?: string | undefined
  familyName?: string | undefined
  /** YYYY-MM-DD. */
  birthDate?: string | undefined
  locale?: Locale | undefined
  externalId?: string | undefined
}

/** A name as it is kept, on one line; undefined where nothing is left of it, or too much. */
export function readName(typed: string): string | undefined {
  const name = visible(typed).replace(/\s+/g, ' ').trim()
  return name === '' || [...name].length > longestName ? undefined : name
}

const detailOf = ({ reason, organization }: PersonChangeBy) => ({
  reason: reason === '' ? undefined : reason,
  organization,
})

/** Somebody new, without a password that anybody knows: the first one is set with the mailed link. */
export function createdPerson(
  one: Names & { id: string; login: string; passwordHash: string; mail?: string[] },
  change: PersonChangeBy,
): OwnPerson {
  const { id, at, by } = change
  const person: OwnPerson = {
    mail: [],
    ...one,
    status: 'active',
    createdAt: at,
    updatedAt: at,
    effects: [],
  }
  return withEffects(
    person,
    told({ subject: one.id, actor: by }, { id, event: 'account.created', detail: detailOf(change) }),
  )
}

/** Other names. The person is told; the same ones change nothing. */
export function renamed(person: OwnPerson, names: Partial<Names>, change: PersonChangeBy): OwnPerson {
  const next = { ...person, ...names }
  if (JSON.stringify(next) === JSON.stringify(person)) return person
  const { id, at, by, reason } = change
  const changed = Object.keys(names).filter(
    (name) => person[name as keyof Names] !== names[name as keyof Names],
  )
  const effects = told(
    { subject: person.id, actor: by, at },
    {
      id,
      event: 'account.renamed',
      detail: { ...detailOf(change), changed: changed.join(' ') },
      notice: changed.some((name) => name !== 'externalId') ? 'name_changed' : undefined,
      data: { reason },
    },
  )
  return withEffects({ ...next, updatedAt: at }, effects)
}

/** Another sign-in address is wanted. Nothing changes until whoever has it says so, signed in as the person. */
export function askedForLogin(person: OwnPerson, address: string, change: PersonChangeBy): OwnPerson {
  const { id, at, by, reason } = change
  const pendingLogin: PendingLogin = { id, address, by, at, expiresAt: at + loginTime }
  const data = { at, reason, added: address, until: pendingLogin.expiresAt }
  return withEffects({ ...person, pendingLogin }, [
    ...told(
      { subject: person.id, actor: by, at },
      { id, event: 'account.address_asked', detail: detailOf(change), notice: 'login_asked', data },
    ),
    mailed('login_confirm', person.id, { id: `${id}:confirm`, only: address, data: { ...data, change: id } }),
  ])
}

/** The new address is proven: at most once, as it runs inside the store's update. Both mailboxes are told. */
export function provenLogin(person: OwnPerson, change: string, now: number): OwnPerson | undefined {
  const { pendingLogin: pending, ...rest } = person
  if (pending?.id !== change || pending.expiresAt <= now) return undefined
  const { login: old } = person
  const id = `${change}:proven`
  const data = { at: now, added: pending.address }
  const { address: login } = pending
  const mail = [login, ...person.mail.filter((address) => address !== old && address !== login)]
  const happening = {
    id,
    event: 'account.address_changed' as const,
    detail: { askedBy: pending.by },
    notice: 'login_changed' as const,
    also: old,
    data,
    signals: addressesChanged(),
  }
  const by = { subject: person.id, actor: person.id, at: now }
  return withEffects({ ...rest, login, mail, updatedAt: now }, told(by, happening))
}

/** The wish for another address is withdrawn, by whoever had it or by the person. */
export function withdrawnLogin(person: OwnPerson): OwnPerson {
  if (person.pendingLogin === undefined) return person
  const { pendingLogin: _, ...rest } = person
  return rest
}

/**
 * One method is taken away by someone else: the person is told why. The last one that works stays; taking that away is a
 * reset, which has rules of its own.
 */
export function factorTaken(
  protection: Protection,
  factor: string,
  change: PersonChangeBy,
): Protection | undefined {
  const gone = protection.factors.find(({ id }) => id === factor)
  const next = removeFactor(protection, factor, true, change.at)
  if (gone === undefined || next === undefined) return undefined
  const { id, at, by, reason } = change
  const happening = {
    id,
    event: 'factor.removed' as const,
    detail: { factor: gone.kind, ...detailOf(change) },
    notice: 'factor_taken' as const,
    data: { factor: gone.kind, reason },
    signals: factorRemoved(protection, next, at, 'admin'),
  }
  return withEffects(next, told({ subject: protection.id, actor: by, at }, happening))
}
