import { missingPackage, takesPackage } from '../adapters/installed.ts'
import { folderReason } from '../adapters/store/lmdb/inspect.ts'
import { openAsItIs, openUpToDate } from '../adapters/store/migrate.ts'
import { StoreFault } from '../adapters/store/port.ts'
import type { OpenStore, Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options/config-error.ts'
import { faultLine } from './faults.ts'

/** Where state lives: `lmdb` in a folder, or a server at a URI. */
export interface StorePlace {
  store: string
  data: string
}

/**
 * Opens the store that a setting names: `lmdb` in the data folder, or MongoDB or PostgreSQL at a URI. Only the engine
 * used is loaded. A store of an earlier release is brought up to this one. Throws ConfigError where it can't be opened.
 */
export function openStore(place: StorePlace, clock: () => number): Promise<Store> {
  return openedBy(openUpToDate, place, clock)
}

/** Opens it as it is: what an earlier release wrote stays as that release wrote it. */
export function openStoreAsItIs(place: StorePlace, clock: () => number): Promise<Store> {
  return openedBy(openAsItIs, place, clock)
}

async function openedBy(open: typeof openAsItIs, place: StorePlace, clock: () => number): Promise<Store> {
  try {
    return await open(await engineOf(place), { clock })
  } catch (error) {
    throw faultOf(error as NodeJS.ErrnoException, place)
  }
}

async function engineOf({ store, data }: StorePlace): Promise<OpenStore> {
  if (store === 'lmdb') return (await import('../adapters/store/lmdb/store.ts')).lmdb({ path: data })
  if (/^postgres(ql)?:/.test(store))
    return (await import('../adapters/store/postgres/store.ts')).postgres(store)
  if (/^mongodb(\+srv)?:/.test(store))
    return (await import('../adapters/store/mongo/store.ts')).mongo(impatient(store))
  throw new ConfigError([faultLine('store', 'no such store')])
}

/** A server that isn't there is said at once, not after half a minute. */
function impatient(uri: string): string {
  if (/[?&]serverSelectionTimeoutMS=/i.test(uri)) return uri
  const bare = /^[^:]+:\/\/[^/?]+$/.test(uri) ? `${uri}/` : uri
  return `${bare}${bare.includes('?') ? '&' : '?'}serverSelectionTimeoutMS=5000`
}

function faultOf(error: NodeJS.ErrnoException, { store, data }: StorePlace): Error {
  if (error instanceof ConfigError) return error
  const setting = store === 'lmdb' ? 'data' : 'store'
  const missing = missingPackage(error)
  if (missing !== undefined) return new ConfigError([`store: ${takesPackage(missing)}`])
  const cause = error instanceof StoreFault ? (error.cause as NodeJS.ErrnoException | undefined) : error
  if (store !== 'lmdb' && cause !== undefined)
    return new ConfigError([faultLine('store', `${serverOf(store)} ${serverReason(cause)}`)])
  if (error instanceof StoreFault) return new ConfigError([`${setting}: ${error.message}`])
  return new ConfigError([faultLine('data', `no store can be opened in ${data}: ${folderReason(error)}`)])
}

/** Without name and password, also where that holds an @ or a / that should have been written otherwise. */
const serverOf = (uri: string): string => uri.replace(/^[^:]+:\/\/(?:.*@)?/, '').replace(/[/?].*$/, '')

function serverReason(error: NodeJS.ErrnoException): string {
  const said = `${error.name} ${error.code ?? ''} ${error.message}`
  const { code } = error
  if (/auth|28P01|28000/i.test(said)) return 'refuses the name and password'
  if (/3D000/.test(said)) return 'has no such database'
  if (
    /ServerSelection|Network|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|E(HOST|NET)UNREACH|ECONNRESET|ETIMEDOUT|timeout/i.test(
      said,
    )
  )
    return `can't be reached${code === undefined ? '' : ` (${code})`}`
  if (/Parse|URI|URL|connection string/i.test(said))
    return 'is written in a way that is no address (in a name or password, @ is %40 and / is %2F), or with an option that nobody knows'
  return `can't be used: ${error.name}${error.code === undefined ? '' : ` ${error.code}`}`
}
