import type { Artifact, ProviderSession, Store } from '../adapters/store.ts'

/** One app that must hear that a session ended. */
export interface LogoutTarget {
  client: string
  account: string
  sid: string
}

/**
 * Ends everything of an account at the provider, and says which apps were signed in. Idempotent: called again for the
 * same cause, after a crash, it names the same apps. Deleting the grants kills every token and code that hangs on them.
 *
 * @param cause names what ended them, so that sessions that had ended before for another reason are left alone.
 * @param kept the interaction that may go on, and the session it goes on from.
 */
export async function endEverything(
  store: Store,
  account: string,
  cause: string,
  kept: { keep?: string; keepSession?: string } = {},
): Promise<LogoutTarget[]> {
  const targets: LogoutTarget[] = []
  for (const session of await all<ProviderSession>((after) =>
    store.sessions.find('account', account, { limit: 100, after }),
  )) {
    if (session.id !== kept.keepSession) targets.push(...(await end(store, session.id, account, cause)))
  }
  await store.consoleSessions.removeBy('account', account)
  for (const artifact of await all<Artifact>((after) =>
    store.artifacts.find('account', account, { limit: 100, after }),
  )) {
    if (artifact.id !== `Interaction:${kept.keep}`) await store.artifacts.remove(artifact.id)
  }
  return targets
}

async function end(
  { sessions }: Store,
  uid: string,
  account: string,
  cause: string,
): Promise<LogoutTarget[]> {
  const ended = await sessions.update(uid, (current) => {
    if (current === undefined || (current.ended !== undefined && current.ended !== cause))
      return [current, undefined]
    return [{ ...current, ended: cause }, current.payload]
  })
  if (ended === undefined) return []
  const { authorizations = {} } = JSON.parse(ended) as {
    authorizations?: { [client: string]: { sid?: string } }
  }
  return Object.entries(authorizations).flatMap(([client, { sid }]) =>
    sid === undefined ? [] : [{ client, account, sid }],
  )
}

async function all<T>(page: (after: T | undefined) => Promise<T[]>): Promise<T[]> {
  const found: T[] = []
  for (let next = await page(undefined); next.length > 0; next = await page(found.at(-1))) found.push(...next)
  return found
}
