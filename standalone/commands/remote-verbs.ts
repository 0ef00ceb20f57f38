import type { Command } from 'commander'
import type { ApiClient } from '../../api/client/client.ts'
import type { ApiPerson } from '../../api/client/operations.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { answeredBody, everyItem } from './remote-connect.ts'
import { answer, answerList, described } from './terminal.ts'

interface Asked {
  api: ApiClient
  json: boolean
  /** What stands behind the verb. */
  args: string[]
  options: { [name: string]: unknown }
}

type Verb = (asked: Asked) => Promise<void>

/** The verbs that work at a distance, as they stand on the command line. */
const verbs: { [words: string]: Verb } = {
  'org list': async ({ api, json }) => answerList(json, organizations(api), ({ id, name }) => [id, name]),
  'org show': async ({ api, json, args: [organization = ''] }) => {
    const path = { organization }
    const shown = answeredBody(await api.call('getOrganization', { path }))
    const policy = answeredBody(await api.call('getPolicy', { path }))
    await answer(json, { ...shown, policy }, described({ ...shown, policy }))
  },
  'org members': async ({ api, json, args: [organization = ''] }) =>
    answerList(json, peopleOf(api, organization), ({ email, role, since }) => [email, role, since]),
  'org create': async ({ api, json, args: [id = '', name = ''] }) => {
    const made = answeredBody(await api.call('createOrganization', { body: { id, name } }))
    await answer(json, made, `made: ${made.id}`)
  },
  'org scim-token': async ({ api, json, args: [organization = ''], options }) => {
    const path = { organization }
    const made = options.make === true ? answeredBody(await api.call('makeScimToken', { path })) : undefined
    if (made === undefined && options.revoke === true)
      answeredBody(await api.call('revokeScimToken', { path }))
    const { token: there } = answeredBody(await api.call('getScimToken', { path }))
    const shown = { organization, there: there !== undefined, ...there, token: made?.token }
    await answer(json, shown, described(shown))
  },
  'people list': async ({ api, json, options }) =>
    answerList(json, everybody(api, options.status), (one) => [one.id, one.email, one.status, one.name]),
  'people show': async ({ api, json, args: [named = ''] }) => {
    const { organization, person } = await found(api, named)
    const path = { organization, person: person.id }
    const protection = answeredBody(await api.call('getProtection', { path }))
    const shown = {
      ...person,
      organization,
      ...protection,
      factors: protection.factors.map(({ kind }) => kind),
    }
    await answer(json, shown, described(shown))
  },
  'people deactivate': changesPerson('deactivatePerson'),
  'people reactivate': changesPerson('reactivatePerson'),
  'people remove': changesPerson('removePerson'),
  'people sign-out': changesPerson('endSessions'),
  'case list': async ({ api, json, options }) =>
    answerList(json, casesOf(api, options.all === true), (one) => [
      one.openedAt,
      one.id,
      one.status,
      one.person,
    ]),
  'case show': async ({ api, json, args: [id = ''] }) => {
    const shown = answeredBody(await api.call('getCase', { path: { case: id } }))
    await answer(json, shown, described(shown))
  },
  'case approve': async (asked) => decided(asked, 'approve'),
  'case deny': async (asked) => decided(asked, 'deny'),
  'case cancel': async ({ api, json, args: [id = ''] }) => {
    const { status } = answeredBody(await api.call('cancelCase', { path: { case: id } }))
    await answer(json, { id, status }, `${id}: ${status}`)
  },
  'client list': async ({ api, json }) =>
    answerList(
      json,
      everyItem(async (cursor) => answeredBody(await api.call('listApps', { query: { cursor } }))),
      (one) => [one.client_id, one.from, one.client_name],
    ),
  'client show': async ({ api, json, args: [client = ''] }) => {
    const shown = answeredBody(await api.call('getApp', { path: { client } }))
    await answer(json, shown, described(shown))
  },
  'client remove': async ({ api, json, args: [client = ''] }) => {
    answeredBody(await api.call('removeApp', { path: { client } }))
    await answer(json, { id: client, removed: true }, `removed: ${client}`)
  },
  'keys list': async ({ api, json }) => {
    const shown = answeredBody(await api.call('getKeys', {}))
    await answer(json, shown, described(shown))
  },
  'keys rotate': async ({ api, json }) => {
    answeredBody(await api.call('rotateKeys', {}))
    await answer(json, { done: 'rotate' }, 'new keys are published')
  },
  'outbox list': outboxList('queued'),
  'outbox dead': outboxList('dead'),
  'outbox retry': async ({ api, json, args: [parcel = ''] }) => {
    answeredBody(await api.call('retryParcel', { path: { parcel } }))
    await answer(json, { id: parcel, retried: true }, 'will be tried again')
  },
}

/** What a command does at a distance. Most look after the machine or its store, and work there alone. */
export async function runRemotely(command: Command, api: ApiClient): Promise<void> {
  const words = `${command.parent?.name()} ${command.name()}`
  const verb = verbs[words]
  if (verb === undefined)
    throw new ExplainedRefusal(`\`${words}\` works on the machine itself, and not with --url`)
  const json = command.optsWithGlobals().json === true
  await verb({ api, json, args: command.args, options: command.opts() })
}

const organizations = (api: ApiClient) =>
  everyItem(async (cursor) => answeredBody(await api.call('listOrganizations', { query: { cursor } })))

const peopleOf = (api: ApiClient, organization: string) =>
  everyItem(async (cursor) =>
    answeredBody(await api.call('listPeople', { path: { organization }, query: { cursor } })),
  )

async function* everybody(
  api: ApiClient,
  status: unknown,
): AsyncGenerator<ApiPerson & { organization: string }> {
  for await (const { id } of organizations(api))
    for await (const person of peopleOf(api, id))
      if (status === undefined || person.status === status) yield { ...person, organization: id }
}

/** By e-mail address or id, in an organization that the caller sees. */
async function found(api: ApiClient, named: string): Promise<{ organization: string; person: ApiPerson }> {
  for await (const person of everybody(api, undefined))
    if (person.id === named || person.email === named.toLowerCase())
      return { organization: person.organization, person }
  throw new ExplainedRefusal(`nobody has the address or the id ${named}`)
}

function changesPerson(
  operation: 'deactivatePerson' | 'reactivatePerson' | 'removePerson' | 'endSessions',
): Verb {
  return async ({ api, json, args: [named = ''], options }) => {
    const { organization, person } = await found(api, named)
    const reason = typeof options.reason === 'string' ? options.reason : 'signed out by the command line'
    answeredBody(await api.call(operation, { path: { organization, person: person.id }, body: { reason } }))
    await answer(json, { id: person.id, email: person.email, done: operation }, `${person.email}: done`)
  }
}

async function* casesOf(api: ApiClient, all: boolean) {
  for await (const { id } of organizations(api)) {
    const query = all ? {} : { open: 'true' as const }
    yield* everyItem(async (cursor) =>
      answeredBody(await api.call('listCases', { path: { organization: id }, query: { ...query, cursor } })),
    )
  }
}

async function decided(
  { api, json, args: [id = ''], options }: Asked,
  verb: 'approve' | 'deny',
): Promise<void> {
  const path = { case: id }
  const reason = String(options.reason ?? '')
  const code = typeof options.code === 'string' ? options.code : undefined
  const { status } =
    verb === 'deny'
      ? answeredBody(await api.call('denyCase', { path, body: { reason } }))
      : answeredBody(await api.call('approveCase', { path, body: { reason, code } }))
  await answer(json, { id, status }, `${id}: ${status}`)
}

function outboxList(state: 'queued' | 'dead'): Verb {
  return async ({ api, json }) =>
    answerList(
      json,
      everyItem(async (cursor) => answeredBody(await api.call('listOutbox', { query: { state, cursor } }))),
      (one) => [one.createdAt, one.id, one.recipient, `${one.tries} tries`, one.lastError ?? ''],
    )
}
