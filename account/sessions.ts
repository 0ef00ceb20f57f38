import { randomUUID } from 'node:crypto'
import type { ProviderSession } from '../adapters/store/documents.ts'
import { authorizationsOf } from '../provider/app-sessions.ts'
import { consoleClientId } from '../provider/own-client.ts'
import type { Origin } from '../rules/attempt.ts'
import { type Effect, type EndSome, withEffects } from '../rules/effect.ts'
import { sessionsEnded } from '../rules/signals.ts'
import type { AccountServices } from './services.ts'
import { type Acting, toldOf } from './told.ts'

export interface ListedSession {
  id: string
  /** When the person signed in to it. */
  at: number
  origin?: Origin
  apps: string[]
  /** The one that this page rests on. */
  here: boolean
}

const most = 100

/** Where a person is signed in: this browser, then the newest first. */
export async function sessionsOf(
  services: Pick<AccountServices, 'store' | 'provider'>,
  account: string,
  here: string,
): Promise<ListedSession[]> {
  const found = await services.store.sessions.find('account', account, { limit: most })
  const live = found.filter(({ ended }) => ended === undefined)
  const listed = await Promise.all(live.map((session) => listedSession(services, session, here)))
  return listed.sort((a, b) => Number(b.here) - Number(a.here) || b.at - a.at)
}

async function listedSession(
  { provider }: Pick<AccountServices, 'provider'>,
  session: ProviderSession,
  here: string,
): Promise<ListedSession> {
  const { loginTs = 0 } = JSON.parse(session.payload) as { loginTs?: number }
  const ids = Object.keys(authorizationsOf(session)).filter((id) => id !== consoleClientId)
  const clients = await Promise.all(ids.map((id) => provider.Client.find(id)))
  return {
    id: session.id,
    at: loginTs * 1000,
    origin: session.origin,
    apps: ids.map((id, index) => clients[index]?.clientName ?? id),
    here: session.id === here,
  }
}

/** Ends one of the person's sessions. Returns false for one that has ended, and for somebody else's. */
export async function endOne(services: AccountServices, by: Acting, session: string): Promise<boolean> {
  const found = await services.store.sessions.get(session)
  if (found?.account !== by.account || found.ended !== undefined) return false
  const ended = sessionsEnding(by, `session:${session}`, { session }, services.clock())
  await promise(services, by.account, ended)
  return true
}

/** The person signs out here: what hangs on this session ends with it, and the apps are told. Nobody needs a mail. */
export async function signOut(services: AccountServices, by: Acting, session: string): Promise<void> {
  const id = `sign-out:${session}`
  const ends: EndSome = { kind: 'end_some', id: `${id}:end`, account: by.account, session }
  const happening = { id, event: 'sessions.ended' as const, detail: { by: 'sign_out' } }
  await promise(services, by.account, [ends, ...toldOf(by, happening, services.clock())])
}

/** Ends every session of the person but one. */
export async function endOthers(services: AccountServices, by: Acting, keepSession: string): Promise<void> {
  await promise(services, by.account, othersEnded(by, keepSession, services.clock()))
}

/** What a write promises by which every session of the person but one ends. */
export function othersEnded(by: Acting, keepSession: string, now: number): Effect[] {
  return sessionsEnding(by, `sessions:${randomUUID()}`, { keepSession }, now)
}

function sessionsEnding(
  by: Acting,
  id: string,
  which: Pick<EndSome, 'session' | 'keepSession'>,
  now: number,
): Effect[] {
  const happening = {
    id,
    event: 'sessions.ended' as const,
    notice: 'sessions_ended' as const,
    signals: sessionsEnded(now),
  }
  const ends: EndSome = { kind: 'end_some', id: `${id}:end`, account: by.account, ...which }
  return [ends, ...toldOf(by, happening, now)]
}

async function promise({ change }: AccountServices, account: string, promised: Effect[]): Promise<void> {
  await change('protections', account, (current) => [current && withEffects(current, promised), undefined])
}
