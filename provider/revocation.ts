import type { Artifact, ProviderSession } from '../adapters/store/documents.ts'
import { findAll } from '../adapters/store/find-all.ts'
import type { Store } from '../adapters/store/store.ts'
import { authorizationsOf, endApps } from './app-sessions.ts'

/** Removes an artifact where the host keeps it; our own adapter keeps it where it was just removed. */
export type Drop = (artifact: string) => Promise<void>

const nowhere: Drop = async () => {}

/** One app that must hear that a session ended, or without `sid` that all of the person's have. */
export interface LogoutTarget {
  client: string
  account: string
  sid?: string
}

/**
 * Ends everything of an account at the provider, and says which apps must hear of it: those of each session by its
 * `sid`, and by `sub` alone those that may have sessions or offline tokens from earlier ones. Idempotent: called again for the
 * same cause, after a crash, it names the same apps. Deleting the grants kills every token and code that hangs on them.
 *
 * @param cause names what ended them, so that sessions that had ended before for another reason are left alone.
 * @param kept the interaction that may go on, and the session it goes on from.
 */
export async function endEverything(
  store: Store,
  account: string,
  cause: string,
  now: number,
  kept: { keep?: string; keepSession?: string } = {},
  drop: Drop = nowhere,
): Promise<LogoutTarget[]> {
  const targets: LogoutTarget[] = []
  const reached: ProviderSession[] = []
  for (const session of await findAll(store.sessions, 'account', account)) {
    const told = session.id === kept.keepSession ? [] : await end(store, session.id, account, cause, drop)
    if (told !== undefined) reached.push(session)
    targets.push(...(told ?? []))
  }
  await store.consoleSessions.removeBy('account', account)
  const artifacts = await findAll(store.artifacts, 'account', account)
  const clients = await endApps(store, { account, cause, reached, grants: artifacts.filter(isGrant), now })
  for (const artifact of artifacts) {
    if (artifact.id !== `Interaction:${kept.keep}`) await remove(store, artifact, drop)
  }
  return [...targets, ...clients.map((client) => ({ client, account }))]
}

const isGrant = ({ id }: Artifact) => id.startsWith('Grant:')

/**
 * Ends sessions of an account and what hangs on each: one, or all but `keepSession`, and then also grants whose session
 * is gone already. What the person does in a session that is kept goes on. Idempotent like `endEverything`.
 */
export async function endSessions(
  store: Store,
  account: string,
  cause: string,
  which: { session: string } | { keepSession: string },
  drop: Drop = nowhere,
): Promise<LogoutTarget[]> {
  const sessions = await findAll(store.sessions, 'account', account)
  const goes = ({ id }: { id: string }) =>
    'session' in which ? id === which.session : id !== which.keepSession
  const targets: LogoutTarget[] = []
  for (const session of sessions.filter(goes))
    targets.push(...((await end(store, session.id, account, cause, drop)) ?? []))
  await removeHanging(store, account, drop, (artifact) => {
    const on = sessions.find((session) => hangsOn(artifact, session))
    return on === undefined ? 'keepSession' in which : goes(on)
  })
  return targets
}

/**
 * Ends what one app was granted, with every token that hangs on it. The sessions stay; the app is told in each that it is
 * part of. A repeat names the same apps, as the sessions still do.
 */
export async function endApp(
  store: Store,
  account: string,
  client: string,
  drop: Drop = nowhere,
): Promise<LogoutTarget[]> {
  const artifacts = await findAll(store.artifacts, 'account', account)
  for (const artifact of artifacts)
    if (!artifact.id.startsWith('Interaction:') && clientOf(artifact) === client)
      await remove(store, artifact, drop)
  const sessions = await findAll(store.sessions, 'account', account)
  return sessions.flatMap((session) => {
    const sid = authorizationsOf(session)[client]?.sid
    return session.ended !== undefined || sid === undefined ? [] : [{ client, account, sid }]
  })
}

/** The apps that somebody has signed in to, or that hold something of theirs. */
export async function appsOf(store: Store, account: string): Promise<string[]> {
  const [sessions, artifacts] = await Promise.all([
    findAll(store.sessions, 'account', account),
    findAll(store.artifacts, 'account', account),
  ])
  const live = sessions.filter(({ ended }) => ended === undefined)
  const named = [...live.flatMap((one) => Object.keys(authorizationsOf(one))), ...artifacts.map(clientOf)]
  return [...new Set(named.filter((client) => typeof client === 'string'))]
}

const clientOf = ({ payload }: Artifact): unknown => JSON.parse(payload).clientId

/** A grant belongs to the session that lists it, an interaction to the one it was begun in, a device to its code's. */
function hangsOn({ id, payload }: Artifact, session: ProviderSession): boolean {
  const { session: begun, sessionUid }: { session?: { uid?: string }; sessionUid?: string } =
    JSON.parse(payload)
  if ((begun?.uid ?? sessionUid) === session.id) return true
  return Object.values(authorizationsOf(session)).some(({ grantId }) => id === `Grant:${grantId}`)
}

async function removeHanging(
  store: Store,
  account: string,
  drop: Drop,
  hangs: (artifact: Artifact) => boolean,
) {
  const artifacts = await findAll(store.artifacts, 'account', account)
  for (const artifact of artifacts.filter(hangs)) await remove(store, artifact, drop)
}

/** The host's copy first: until then the ledger remembers that it has to go. */
async function remove({ artifacts }: Store, { id }: Artifact, drop: Drop): Promise<void> {
  await drop(id)
  await artifacts.remove(id)
}

/** Ends a session; undefined for one that had ended before. */
async function end(
  { sessions }: Store,
  uid: string,
  account: string,
  cause: string,
  drop: Drop,
): Promise<LogoutTarget[] | undefined> {
  const ended = await sessions.update(uid, (current) => {
    if (current === undefined || (current.ended !== undefined && current.ended !== cause))
      return [current, undefined]
    return [{ ...current, ended: cause }, current]
  })
  if (ended === undefined) return undefined
  // From here on nobody finds it, whatever becomes of the host's copy.
  await drop(`Session:${ended.session}`)
  return Object.entries(authorizationsOf(ended)).flatMap(([client, { sid }]) =>
    sid === undefined ? [] : [{ client, account, sid }],
  )
}
