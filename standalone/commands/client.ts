import type { Command } from 'commander'
import type { Store } from '../../adapters/store/store.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { commandSettings, isJson, onStore } from './command.ts'
import { everyDocument } from './every.ts'
import { answer, answerList, described } from './terminal.ts'

const prefix = 'Client:'

interface Metadata {
  client_id: string
  client_name?: string
  client_secret?: string
  [member: string]: unknown
}

export function clientCommands(program: Command): void {
  const client = program.command('client').description('relying apps')
  client
    .command('list')
    .description('those in the settings, and those that registered themselves')
    .action((_options, command: Command) => list(command))
  client
    .command('show')
    .argument('<id>', 'its client_id')
    .description('its metadata; no secret')
    .action((id: string, _options, command: Command) => show(command, id))
  client
    .command('remove')
    .argument('<id>', 'its client_id')
    .description('forget an app that registered itself')
    .action((id: string, _options, command: Command) => remove(command, id))
}

async function* registered({ artifacts }: Store): AsyncGenerator<Metadata> {
  for await (const { id, payload } of everyDocument(artifacts))
    if (id.startsWith(prefix)) yield JSON.parse(payload)
}

async function configured(command: Command): Promise<Metadata[]> {
  const { clients } = await commandSettings(command)
  return Array.isArray(clients) ? clients : []
}

async function* all(command: Command, store: Store) {
  const listed = (from: string) => (one: Metadata) => ({
    id: one.client_id,
    name: one.client_name,
    from,
    redirectUris: one.redirect_uris,
  })
  yield* (await configured(command)).map(listed('settings'))
  for await (const one of registered(store)) yield listed('registration')(one)
}

function list(command: Command): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    await answerList(json, all(command, store), ({ id, name = '', from }) => [id, from, name])
    return true
  })
}

function show(command: Command, id: string): Promise<void> {
  return onStore(command, async ({ store }) => {
    const own = (await configured(command)).find((one) => one.client_id === id)
    const stored = own === undefined ? await store.artifacts.get(prefix + id) : undefined
    const found: Metadata | undefined = own ?? (stored && JSON.parse(stored.payload))
    if (found === undefined) throw new ExplainedRefusal(`there is no app ${id}`)
    const { client_secret: secret, registration_access_token: _, jwks: __, ...shown } = found
    const said = secret === undefined ? shown : { ...shown, client_secret: '(kept)' }
    await answer(isJson(command), said, described(said))
    return true
  })
}

function remove(command: Command, id: string): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    if ((await configured(command)).some((one) => one.client_id === id))
      throw new ExplainedRefusal(`${id} is in the settings: take it out there`)
    if ((await store.artifacts.get(prefix + id)) === undefined)
      throw new ExplainedRefusal(`there is no app ${id}`)
    await store.artifacts.remove(prefix + id)
    await answer(json, { id, removed: true }, `removed: ${id}`)
    return true
  })
}
