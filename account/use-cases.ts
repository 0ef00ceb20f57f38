import { randomUUID } from 'node:crypto'
import type { Account, Protection } from '../rules/account.ts'
import type { Origin } from '../rules/attempt.ts'
import { type Effect, withEffects } from '../rules/effect.ts'
import type { Factor } from '../rules/factor.ts'
import { statusChanged } from '../rules/signals.ts'
import { signalled } from '../rules/told.ts'
import { factorTerms } from './policies.ts'
import { removeOwn } from './remove.ts'
import type { AccountServices } from './services.ts'
import { endOne } from './sessions.ts'
import { toldOf } from './told.ts'

/** What protects a person, without a secret. */
export interface ProtectionView {
  person: string
  status: Account['status']
  factors: {
    id: string
    kind: Factor['kind']
    name: string
    createdAt: number
    lastUsedAt?: number | undefined
  }[]
  backupCodesLeft: number
  /** The last completed reset, until a factor is enrolled again. */
  recovered?: { route: string; at: number } | undefined
  sessions: { id: string; at: number; apps: number }[]
}

export type Done<Reason extends string> = { ok: true } | { ok: false; reason: Reason }

/** What a host does for or to a person, without a page. */
export interface ProtectionUseCases {
  /** What somebody has set up, without a secret. */
  protection(person: string): Promise<ProtectionView | undefined>
  /**
   * Something of the person changed at the host: everything that began before ends, and the apps are told. Call it once
   * `people` says what is new.
   */
  changed(person: string, what: 'password' | 'status'): Promise<Done<'unknown'>>
  /** Signs somebody out everywhere. */
  endSessions(person: string): Promise<Done<'unknown'>>
  /** Signs out one browser. `by` is told as who did it: the person, where it is left out. */
  endSession(person: string, session: string, by?: string): Promise<Done<'unknown'>>
  /** Takes a factor away. As the person's own doing, told to all their addresses. The last one stays where an organization insists on one. */
  removeFactor(person: string, factor: string): Promise<Done<'unknown' | 'needed'>>
}

export function createAccounts(services: AccountServices): ProtectionUseCases {
  const { store, change, clock, config } = services
  const known = (person: string) => services.accounts.get(person)
  const acting = (account: string) => ({ account, origin: nowhere, app: config.brand.name })

  const end = async (
    person: string,
    told: (account: Account, id: string, now: number) => Effect[],
  ): Promise<Done<'unknown'>> => {
    const now = clock()
    const id = `host:${randomUUID()}`
    const account = await known(person)
    if (account === undefined) return { ok: false, reason: 'unknown' }
    return change('protections', person, (current): [Protection | undefined, Done<'unknown'>] => {
      if (current === undefined) return [current, { ok: false, reason: 'unknown' }]
      const ends: Effect = { kind: 'end_sessions', id: `${id}:sessions`, account: person }
      const attempts: Effect = { kind: 'end_attempts', id: `${id}:attempts`, account: person }
      return [
        withEffects({ ...current, validAfter: now }, [ends, attempts, ...told(account, id, now)]),
        { ok: true },
      ]
    })
  }

  return {
    protection: async (person) => {
      const account = await known(person)
      return account && protectionOf(account, await store.sessions.find('account', person, { limit: 100 }))
    },
    changed: async (person, what) => {
      if (what !== 'password' && what !== 'status')
        throw new TypeError("changed: what changed is 'password' or 'status'")
      return end(person, (account, id, now) =>
        what === 'password'
          ? []
          : [
              signalled(person, {
                id: `${id}:signal`,
                txn: id,
                events: statusChanged(account.status === 'active', now),
              }),
            ],
      )
    },
    endSessions: (person) =>
      end(person, (_account, id, now) => toldOf(acting(person), { id, event: 'sessions.ended' }, now)),
    endSession: async (person, session, by) =>
      (await endOne(services, { ...acting(person), by }, session))
        ? { ok: true }
        : { ok: false, reason: 'unknown' },
    removeFactor: async (person, factor) => {
      const account = await known(person)
      if (account?.factors.some(({ id }) => id === factor) !== true) return { ok: false, reason: 'unknown' }
      const { required } = await factorTerms(services, account)
      const removed = await removeOwn(services, acting(person), { factor, required })
      return removed ? { ok: true } : { ok: false, reason: 'needed' }
    },
  }
}

/** A program acts, and not a browser. */
const nowhere: Origin = { address: '', browser: '', system: '' }

function protectionOf(
  account: Account,
  sessions: { id: string; ended?: string; payload: string }[],
): ProtectionView {
  const codes = account.backupCodes?.codes ?? []
  return {
    person: account.id,
    status: account.status,
    factors: account.factors.map(({ id, kind, name, createdAt, lastUsedAt }) => ({
      id,
      kind,
      name,
      createdAt,
      lastUsedAt,
    })),
    backupCodesLeft: codes.filter(({ usedAt }) => usedAt === undefined).length,
    recovered: account.recovered && { route: account.recovered.route, at: account.recovered.at },
    sessions: sessions.filter(({ ended }) => ended === undefined).map(listed),
  }
}

function listed({ id, payload }: { id: string; payload: string }): ProtectionView['sessions'][number] {
  const { loginTs = 0, authorizations = {} } = JSON.parse(payload) as {
    loginTs?: number
    authorizations?: object
  }
  return { id, at: loginTs * 1000, apps: Object.keys(authorizations).length }
}
