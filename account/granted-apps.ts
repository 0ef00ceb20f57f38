import { randomUUID } from 'node:crypto'
import { findAll } from '../adapters/store/find-all.ts'
import { consoleClientId } from '../provider/own-client.ts'
import { withEffects } from '../rules/effect.ts'
import { appName } from '../rules/plain-text.ts'
import type { AccountServices } from './services.ts'
import { type Acting, toldOf } from './told.ts'

/** An app, and what it may see. */
export interface GrantedApp {
  id: string
  name: string
  scopes: string[]
  /** When it was granted first. */
  since: number
}

/** What of a stored grant is read here. */
interface StoredGrant {
  clientId?: string
  iat?: number
  openid?: { scope?: string }
  resources?: { [resource: string]: string }
}

/** What apps were granted by a person and still have. */
export async function grantedApps(
  { store, provider }: Pick<AccountServices, 'store' | 'provider'>,
  account: string,
): Promise<GrantedApp[]> {
  const found = await findAll(store.artifacts, 'account', account)
  const grants = found
    .filter(({ id }) => id.startsWith('Grant:'))
    .map(({ payload }) => JSON.parse(payload) as StoredGrant)
    .filter(({ clientId }) => clientId !== undefined && clientId !== consoleClientId)
  const apps = Map.groupBy(grants, ({ clientId }) => clientId!)
  const listed = await Promise.all(
    [...apps].map(async ([id, of]) => {
      const client = await provider.Client.find(id)
      const scopes = new Set(of.flatMap(scopesOf))
      const since = Math.min(...of.map(({ iat = 0 }) => iat * 1000))
      return { id, name: appName(client?.clientName ?? id), scopes: [...scopes].sort(), since }
    }),
  )
  return listed.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const scopesOf = ({ openid, resources }: StoredGrant): string[] =>
  [openid?.scope, ...Object.values(resources ?? {})].flatMap((scope) => scope?.split(' ') ?? [])

/** Takes back what an app was granted: its tokens end, and it asks again. Returns false where it has nothing. */
export async function revokeApp(services: AccountServices, by: Acting, app: string): Promise<boolean> {
  const apps = await grantedApps(services, by.account)
  if (!apps.some(({ id }) => id === app)) return false
  const id = `app:${randomUUID()}`
  const happening = { id, event: 'app.revoked' as const, detail: { client: app } }
  await services.change('protections', by.account, (current) => [
    current &&
      withEffects(current, [
        { kind: 'end_app', id: `${id}:end`, account: by.account, client: app },
        ...toldOf(by, happening, services.clock()),
      ]),
    undefined,
  ])
  return true
}
