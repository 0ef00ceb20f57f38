import { isDeepStrictEqual } from 'node:util'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { ProviderSession } from '../adapters/store/documents.ts'
import type { Store } from '../adapters/store/store.ts'
import type { Origin } from '../rules/attempt.ts'
import { usedNow } from '../rules/session-use.ts'
import { noteApps, type ToldFor } from './app-sessions.ts'
import { payloadOf } from './payloads.ts'

/** Cookie values remembered per session; a request that is older than this many rotations is long gone. */
const mostRetired = 20

/** Of how many cookies it is remembered which session they were for. */
const mostCookies = 2000

/**
 * Sessions, one document a sign-in, keyed by the uid that never changes. The library saves a session after every
 * request, blindly; here a late save can't bring back what was ended, undo a rotation, or lose another app's
 * authorization: test/conformance/provider-races.test.ts shows the races.
 *
 * @param here where the request under way comes from, if one is.
 */
export function createSessionAdapter(
  { sessions, appSessions }: Store,
  clock: () => number,
  here: () => Origin | undefined,
  told: ToldFor,
): Adapter {
  const uids = new Map<string, string>()
  /** By the value of a cookie: where it was found the last time, or by the index. */
  const byCookie = async (id: string): Promise<ProviderSession | undefined> => {
    const uid = uids.get(id)
    const there = uid === undefined ? undefined : await sessions.get(uid)
    if (there?.session === id) return there
    const [found] = await sessions.find('session', id, { limit: 1 })
    if (uids.size >= mostCookies) uids.clear()
    if (found !== undefined) uids.set(id, found.id)
    return found
  }
  return {
    upsert: async (id, payload, expiresIn) => {
      const now = clock()
      const expiresAt = now + expiresIn! * 1000
      const there = await sessions.get(payload.uid!)
      if (there !== undefined && isSaved(there, id, payload, expiresAt, now)) return
      // The store may run the change outside of the request.
      const from = payload.accountId === undefined ? undefined : here()
      // Neither is read before the reply, and no app has a session before it.
      await Promise.all([
        noteApps(appSessions, there, payload, expiresAt, told),
        sessions.update(payload.uid!, (current) => [
          saved(current, id, payload, { expiresAt, from, now }),
          undefined,
        ]),
      ])
    },
    find: async (id) => {
      const found = await byCookie(id)
      return found === undefined || found.ended || found.retired.includes(id) ? undefined : payloadOf(found)
    },
    findByUid: async (uid) => {
      const found = await sessions.get(uid)
      return found === undefined || found.ended ? undefined : payloadOf(found)
    },
    destroy: async (id) => {
      const found = await byCookie(id)
      if (found !== undefined) await sessions.update(found.id, (current) => [retire(current, id), undefined])
    },
    consume: async () => undefined,
    revokeByGrantId: async () => undefined,
    findByUserCode: async () => undefined,
  }
}

/** The end is counted in seconds from the sign-in: a difference up to here is none. Milliseconds. */
const sameEnd = 1000

/**
 * Whether a save would change nothing: so it is for nearly every request of someone who is signed in. Nothing is
 * written then, so nothing can be lost by having read before.
 */
function isSaved(
  there: ProviderSession,
  id: string,
  payload: AdapterPayload,
  expiresAt: number,
  now: number,
): boolean {
  if (there.session !== id || Math.abs(expiresAt - there.expiresAt!) > sameEnd) return false
  if (there.account !== undefined && usedNow(there.usedAt, now) !== there.usedAt) return false
  const before = payloadOf(there)
  const after = { ...withAuthorizations(before, payload), exp: before.exp }
  // The library writes the members in another order after a sign-in than later.
  return (
    JSON.stringify(after) === there.payload || isDeepStrictEqual(JSON.parse(JSON.stringify(after)), before)
  )
}

function saved(
  current: ProviderSession | undefined,
  id: string,
  payload: AdapterPayload,
  { expiresAt, from, now }: { expiresAt: number; from: Origin | undefined; now: number },
): ProviderSession | undefined {
  if (current?.ended || current?.retired.includes(id)) return current
  const merged = current === undefined ? payload : withAuthorizations(JSON.parse(current.payload), payload)
  const document = { id: payload.uid!, session: id, payload: JSON.stringify(merged), expiresAt }
  const retired =
    current === undefined || current.session === id
      ? (current?.retired ?? [])
      : retiredWith(current, current.session)
  if (payload.accountId === undefined) return { ...document, retired }
  const before = isSameSignIn(current, payload) ? current : undefined
  return {
    ...document,
    retired,
    account: payload.accountId,
    // Where the sign-in came from that the session rests on: a later request, by whatever browser, doesn't move it.
    origin: before === undefined ? from : before.origin,
    usedAt: usedNow(before?.usedAt, now),
  }
}

const isSameSignIn = (current: ProviderSession | undefined, { loginTs }: AdapterPayload): boolean =>
  current?.account !== undefined && JSON.parse(current.payload).loginTs === loginTs

function retire(current: ProviderSession | undefined, id: string): ProviderSession | undefined {
  return current && { ...current, retired: retiredWith(current, id) }
}

function retiredWith(current: ProviderSession, id: string): string[] {
  return current.retired.includes(id) ? current.retired : [...current.retired, id].slice(-mostRetired)
}

/** Two apps may do their first silent sign-in at once; the last save must not lose the other's entry. */
function withAuthorizations(before: AdapterPayload, after: AdapterPayload): AdapterPayload {
  if (before.accountId !== after.accountId || before.authorizations === undefined) return after
  const { [signedOutOf(before, after) ?? '']: _, ...others } = before.authorizations
  return { ...after, authorizations: { ...others, ...after.authorizations } }
}

/** The app that a person just signed out of alone: it is missing on purpose (RP-Initiated Logout, "stay signed in"). */
function signedOutOf(before: AdapterPayload, after: AdapterPayload): string | undefined {
  const asked = before.state as { clientId?: string } | undefined
  return after.state === undefined ? asked?.clientId : undefined
}

/** Ends a session for good: whatever still holds it can't save it again. `by` names the cause. */
export async function endSession({ sessions }: Store, uid: string, by: string): Promise<void> {
  await sessions.update(uid, (current) => [current && { ...current, ended: current.ended ?? by }, undefined])
}
