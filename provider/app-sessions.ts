import { type AdapterPayload, Provider } from 'oidc-provider'
import type { AppSession, Artifact, ProviderSession } from '../adapters/store/documents.ts'
import { findAll } from '../adapters/store/find-all.ts'
import type { Store } from '../adapters/store/store.ts'

/** For how many days after a sign-in the app of the request under way is told of a reset. */
export type ToldFor = () => number

const day = 86_400_000

/** What the app says, or what holds for apps that don't. */
export const toldFor =
  (byDefault: number): ToldFor =>
  () => {
    const days = Provider.ctx?.oidc?.client?.logout_within_days
    return typeof days === 'number' ? days : byDefault
  }

/**
 * Notes which apps a session is new to, before anything leaves for them.
 *
 * @param until when the session ends: an app may be signed in to with it to its end.
 */
export async function noteApps(
  appSessions: Store['appSessions'],
  before: ProviderSession | undefined,
  { uid, accountId, authorizations }: AdapterPayload,
  until: number,
  told: ToldFor,
): Promise<void> {
  if (accountId === undefined) return
  const known = before === undefined ? {} : authorizationsOf(before)
  const fresh = Object.keys(authorizations ?? {}).filter((client) => !(client in known))
  const expiresAt = until + told() * day
  for (const client of fresh) {
    const noted = { id: `${uid}:${client}`, account: accountId, client, expiresAt }
    await appSessions.update(noted.id, () => [noted, undefined])
  }
}

/**
 * Ends what apps have from sessions that are gone, or from none, and says which apps these are. What a repeat after a
 * crash has to know is written before the grants go.
 *
 * @param reached the sessions whose apps are told, or left alone, for each of them.
 */
export async function endApps(
  { appSessions }: Store,
  ending: { account: string; cause: string; reached: ProviderSession[]; grants: Artifact[]; now: number },
): Promise<string[]> {
  const { cause, reached, grants } = ending
  const own = new Set(
    reached.flatMap((session) =>
      Object.values(authorizationsOf(session)).map(({ grantId }) => `Grant:${grantId}`),
    ),
  )
  for (const { id, payload } of grants)
    if (!own.has(id)) await noteHolder(appSessions, ending, JSON.parse(payload).clientId)
  const noted = await findAll(appSessions, 'account', ending.account)
  const others = noted.filter(({ id }) => !reached.some((session) => id.startsWith(`${session.id}:`)))
  const ended = await Promise.all(others.map((one) => endOne(appSessions, one.id, cause)))
  return [...new Set(ended.flatMap((one) => (one === undefined ? [] : [one.client])))]
}

/** Long enough for a repeat. */
const remembered = 30 * day

async function noteHolder(
  appSessions: Store['appSessions'],
  { account, cause, now }: { account: string; cause: string; now: number },
  client: string,
): Promise<void> {
  const noted = { id: `${cause}:${client}`, account, client, expiresAt: now + remembered }
  await appSessions.update(noted.id, (current) => [current ?? noted, undefined])
}

function endOne(
  appSessions: Store['appSessions'],
  id: string,
  cause: string,
): Promise<AppSession | undefined> {
  return appSessions.update(id, (current) => {
    if (current === undefined || (current.ended !== undefined && current.ended !== cause))
      return [current, undefined]
    return [{ ...current, ended: cause }, current]
  })
}

/** What each app was given in a session, by its client id. */
export function authorizationsOf({ payload }: Pick<ProviderSession, 'payload'>): {
  [client: string]: { sid?: string; grantId?: string }
} {
  return JSON.parse(payload).authorizations ?? {}
}
