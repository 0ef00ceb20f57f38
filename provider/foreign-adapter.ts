import type { Adapter, AdapterConstructor, AdapterFactory, AdapterPayload } from 'oidc-provider'
import type { Store } from '../adapters/store/store.ts'
import type { Origin } from '../rules/attempt.ts'
import { remembered } from '../rules/remembered.ts'
import { accountIn } from './adapter.ts'
import type { ToldFor } from './app-sessions.ts'
import { createSessionAdapter } from './session-adapter.ts'

/** A class, as in the library's examples, or a function that makes one for a model. */
export type AnyAdapter = AdapterConstructor | AdapterFactory

export interface ForeignAdapter {
  factory: AdapterFactory
  /** Removes what hangs on a person from the host's store: `Session:…`, `Grant:…`, `Interaction:…`. */
  drop(artifact: string): Promise<void>
}

/** Models that let someone in, or hang on a person and have no grant yet. All tokens die with their grant. */
const known = new Set([
  'Grant',
  'Interaction',
  'DeviceCode',
  'BackchannelAuthenticationRequest',
  'PreAuthorizedCode',
])

/**
 * The host's adapter, whatever it keeps things in, with a ledger beside it in Rekey's own store: which sessions, grants
 * and requests a person has, and which apps are signed in. By it everything of a person can be ended, and a session that
 * was ended is not there any more, whatever a late request saves (docs/plugin.md, "Any adapter").
 */
export function createForeignAdapter(
  own: AnyAdapter,
  store: Store,
  clock: () => number,
  here: () => Origin | undefined,
  told: ToldFor,
): ForeignAdapter {
  const of = remembered((model) => instantiate(own, model))
  return {
    factory: (model) => {
      if (model === 'Session')
        return withLedger(of(model), createSessionAdapter(store, clock, here, told), store)
      return known.has(model) ? listed(model, of(model), store, clock) : of(model)
    },
    drop: async (artifact) => {
      const at = artifact.indexOf(':')
      await of(artifact.slice(0, at)).destroy(artifact.slice(at + 1))
    },
  }
}

/** Like the library: whatever can be constructed is. */
function instantiate(own: AnyAdapter, model: string): Adapter {
  const constructable = typeof own.prototype === 'object' && own.prototype !== null
  return constructable ? new (own as AdapterConstructor)(model) : (own as AdapterFactory)(model)
}

/** Sessions: the ledger decides which there are, the host's store has them. */
function withLedger(host: Adapter, ledger: Adapter, { sessions }: Store): Adapter {
  const standing = async (id: string | undefined, found: ReturnType<Adapter['find']>) => {
    const payload = (await found) ?? undefined
    if (payload === undefined) return undefined
    const entry = await sessions.get(String(payload.uid))
    if (entry === undefined) return payload
    const gone = entry.ended !== undefined || entry.retired.includes(id ?? String(payload.jti))
    return gone ? undefined : payload
  }
  return {
    ...passing(host),
    upsert: async (id, payload, expiresIn) => {
      await ledger.upsert(id, payload, expiresIn)
      const entry = await sessions.get(String(payload.uid))
      // Ended, or superseded by a later cookie: a late save of it is dropped, as the ledger has just done.
      if (entry === undefined || entry.ended !== undefined || entry.session !== id) return
      // With what another app's sign-in added meanwhile.
      await host.upsert(id, JSON.parse(entry.payload), expiresIn)
    },
    find: (id) => standing(id, host.find(id)),
    findByUid: (uid) => standing(undefined, host.findByUid(uid)),
    destroy: async (id) => {
      await ledger.destroy(id)
      await host.destroy(id)
    },
  }
}

function listed(model: string, host: Adapter, { artifacts }: Store, clock: () => number): Adapter {
  return {
    ...passing(host),
    upsert: async (id, payload, expiresIn) => {
      const account = accountIn(payload)
      if (account !== undefined) {
        const entry = { id: `${model}:${id}`, payload: JSON.stringify(hangingOn(payload)), account }
        const expiresAt = expiresIn === undefined ? undefined : clock() + expiresIn * 1000
        await artifacts.update(entry.id, () => [{ ...entry, expiresAt }, undefined])
      }
      await host.upsert(id, payload, expiresIn)
    },
    destroy: async (id) => {
      await host.destroy(id)
      await artifacts.remove(`${model}:${id}`)
    },
  }
}

/** Of what is stored, only what tells which session and which app it belongs to. */
function hangingOn({ session, sessionUid, clientId }: AdapterPayload): object {
  const begun = session as { uid?: string } | undefined
  return { session: begun && { uid: begun.uid }, sessionUid, clientId }
}

/** Everything an adapter may have, called on the host's own object; some leave out what they never need. */
function passing(host: Adapter): Adapter {
  return {
    upsert: async (...given) => host.upsert(...given),
    // Asked for most: as it is, without a promise around the host's own.
    find: (id) => host.find(id),
    findByUid: async (uid) => host.findByUid?.(uid),
    findByUserCode: async (code) => host.findByUserCode?.(code),
    consume: async (id) => host.consume?.(id),
    destroy: async (id) => host.destroy(id),
    revokeByGrantId: async (grant) => host.revokeByGrantId?.(grant),
  }
}
