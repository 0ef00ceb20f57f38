import type { Done } from '../../account/use-cases.ts'
import { randomToken } from '../../adapters/secrets/key-ring.ts'
import {
  type AppMetadata,
  appFaults,
  everyApp,
  findApp,
  previousSecret,
  previousUntil,
  type RegisteredApp,
  withNewSecret,
} from '../../provider/apps.ts'
import { addressFaults } from '../../provider/registered-addresses.ts'
import { defined } from '../../rules/defined.ts'
import { inTurn } from '../turn.ts'
import { type By, type Deeds, promise } from './deeds.ts'

/** An app as it may be shown: whether it has a secret, and never which. */
export interface ShownApp {
  id: string
  name: string
  from: RegisteredApp['from']
  metadata: { [member: string]: unknown }
  secret: boolean
  /** Until when the secret before is taken as well, in milliseconds. */
  previousUntil?: number | undefined
}

export type Registered =
  | { ok: true; id: string /** Shown once. */; secret?: string | undefined }
  | { ok: false; reason: 'taken' }
  /** In the library's words. */
  | { ok: false; reason: 'faults'; faults: string[] }

const day = 86_400_000
export const mostOverlapDays = 90

/** A page of the apps, by where they are registered and then by id; `after` is the last one that was shown. */
export async function listApps(services: Deeds, after?: string, limit = 100): Promise<ShownApp[]> {
  const found: ShownApp[] = []
  let begun = after === undefined
  for await (const app of everyApp(services)) {
    if (begun) found.push(shownApp(services, app))
    if (app.metadata.client_id === after) begun = true
    if (found.length === limit) break
  }
  return found
}

export async function getApp(services: Deeds, id: string): Promise<ShownApp | undefined> {
  const found = await findApp(services, id)
  return found && shownApp(services, found)
}

const secrets = [
  'client_secret',
  previousSecret,
  'registration_access_token',
  'client_secret_expires_at',
  previousUntil,
]

function shownApp({ clock }: Pick<Deeds, 'clock'>, { metadata, from }: RegisteredApp): ShownApp {
  const until = Number(metadata[previousUntil] ?? 0) * 1000
  return {
    id: metadata.client_id,
    name: metadata.client_name ?? metadata.client_id,
    from,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => !secrets.includes(name))),
    secret: metadata.client_secret !== undefined,
    previousUntil: until > clock() ? until : undefined,
  }
}

/** Registers an app. A secret is drawn where its way to authenticate takes one, and returned this once. */
export async function registerApp(
  services: Deeds,
  by: By,
  wanted: Omit<AppMetadata, 'client_id'> & { client_id?: string | undefined },
): Promise<Registered> {
  const id = wanted.client_id ?? randomToken().slice(0, 22)
  if ((await services.provider.Client.find(id)) !== undefined) return { ok: false, reason: 'taken' }
  const secret = takesSecret(wanted) ? randomToken() : undefined
  const metadata: AppMetadata = {
    ...defined({ ...withoutSecrets(wanted), client_secret: secret }),
    client_id: id,
  }
  const faults = faultsOf(services, metadata)
  if (faults.length > 0) return { ok: false, reason: 'faults', faults }
  await keep(services, by, 'app.registered', metadata, {})
  return { ok: true, id, secret }
}

const faultsOf = ({ provider, config }: Deeds, metadata: AppMetadata): string[] => [
  ...appFaults(provider, metadata),
  ...addressFaults(metadata, config.fetchHosts),
]

type NotChanged = { ok: false; reason: 'unknown' | 'settings' | 'busy' }

export type AppChanged = Registered | NotChanged | { ok: false; reason: 'precondition_failed' }

/** Where apps are kept may be the host's, which compares nothing: so of two who change one app, the second waits. */
async function oneAtATime<T>(services: Deeds, id: string, work: () => Promise<T>): Promise<T | NotChanged> {
  const outcome = await inTurn(services, [`app:${id}`], work)
  return outcome === 'busy' ? { ok: false, reason: 'busy' } : outcome
}

/**
 * Changes what is named and leaves the rest; undefined takes a member away. Secrets are not changed here.
 *
 * @param seen whether what is there while nobody else changes it is what the change is made for.
 */
export function changeApp(
  services: Deeds,
  by: By,
  id: string,
  wanted: { [member: string]: unknown },
  seen?: (current: ShownApp) => boolean,
): Promise<AppChanged> {
  return oneAtATime<AppChanged>(services, id, async () => {
    const found = await changeable(services, id)
    if (!('metadata' in found)) return found
    if (seen?.(shownApp(services, found)) === false) return { ok: false, reason: 'precondition_failed' }
    const next = defined({ ...found.metadata, ...withoutSecrets(wanted), client_id: id }) as AppMetadata
    const secret = takesSecret(next) && next.client_secret === undefined ? randomToken() : undefined
    if (secret !== undefined) next.client_secret = secret
    if (!takesSecret(next)) for (const name of secrets) delete next[name]
    const faults = faultsOf(services, next)
    if (faults.length > 0) return { ok: false, reason: 'faults', faults }
    await keep(services, by, 'app.changed', next, { fields: Object.keys(withoutSecrets(wanted)).join(' ') })
    return { ok: true, id, secret }
  })
}

/** For how many days the secret before may be taken. */
export const isOverlap = (days: number): boolean =>
  Number.isInteger(days) && days >= 0 && days <= mostOverlapDays

/** A new secret; the one before is taken for some days more, so that the app can change over without a gap. */
export async function rotateAppSecret(
  services: Deeds,
  by: By,
  id: string,
  overlapDays: number,
): Promise<SecretRotated> {
  if (!isOverlap(overlapDays)) return { ok: false, reason: 'days' }
  return oneAtATime(services, id, () => rotateNow(services, by, id, overlapDays))
}

type SecretRotated =
  | { ok: true; secret: string; until: number }
  | NotChanged
  | { ok: false; reason: 'no_secret' | 'days' }

async function rotateNow(services: Deeds, by: By, id: string, overlapDays: number): Promise<SecretRotated> {
  const found = await changeable(services, id)
  if (!('metadata' in found)) return found
  if (!takesSecret(found.metadata)) return { ok: false, reason: 'no_secret' }
  const secret = randomToken()
  const until = services.clock() + overlapDays * day
  await keep(services, by, 'app.secret_rotated', withNewSecret(found.metadata, secret, until), {
    days: overlapDays,
  })
  return { ok: true, secret, until }
}

/** @param seen as in `changeApp`. */
export function removeApp(
  services: Deeds,
  by: By,
  id: string,
  seen?: (current: ShownApp) => boolean,
): Promise<Done<'unknown' | 'settings' | 'busy' | 'precondition_failed'>> {
  return oneAtATime<Done<'unknown' | 'settings' | 'busy' | 'precondition_failed'>>(services, id, async () => {
    const found = await changeable(services, id)
    if (!('metadata' in found)) return found
    if (seen?.(shownApp(services, found)) === false) return { ok: false, reason: 'precondition_failed' }
    await promise(services, by, 'app.removed', { app: id }, () => ({ kind: 'keep_app', app: id }))
    return { ok: true }
  })
}

async function changeable(
  services: Deeds,
  id: string,
): Promise<RegisteredApp | { ok: false; reason: 'unknown' | 'settings' }> {
  const found = await findApp(services, id)
  if (found === undefined) return { ok: false, reason: 'unknown' }
  return found.from === 'settings' ? { ok: false, reason: 'settings' } : found
}

function keep(
  services: Deeds,
  by: By,
  event: 'app.registered' | 'app.changed' | 'app.secret_rotated',
  metadata: AppMetadata,
  detail: { [name: string]: string | number },
): Promise<void> {
  const app = metadata.client_id
  return promise(services, by, event, { app, ...detail }, (id) => ({
    kind: 'keep_app',
    app,
    sealed: services.ring.seal(JSON.stringify(metadata), id),
  }))
}

const methodsWithout = ['none', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']

const takesSecret = ({
  token_endpoint_auth_method: method = 'client_secret_basic',
}: {
  [member: string]: unknown
}) => !methodsWithout.includes(String(method))

const withoutSecrets = (metadata: { [member: string]: unknown }) =>
  Object.fromEntries(Object.entries(metadata).filter(([name]) => !secrets.includes(name)))
