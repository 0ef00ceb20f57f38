import { z } from 'zod'
import { inTurn } from '../../organization/turn.ts'
import { isSeen, tagsIn } from '../version.ts'
import type { ScimAnswer, ScimCall } from './call.ts'
import { listed, mostOperations, resourceTypes, scimSchemas, serviceProviderConfig } from './discovery.ts'
import { noSuch, ScimFault, scimError, unreadablePath } from './fault.ts'
import { getGroup, listGroups, patchGroup } from './groups.ts'
import { listUsers } from './list.ts'
import { createUser, deleteUser, getUser, patchUser, replaceUser, scimRefusal } from './users.ts'

export interface ScimRequest {
  method: string
  /** Below the organization: `['Users', id]`. */
  path: string[]
  query: { [name: string]: string | undefined }
  body: unknown
  ifMatch?: string | undefined
}

type Handle = (call: ScimCall, request: ScimRequest) => Promise<ScimAnswer>

const ok = (body: object): ScimAnswer => ({ status: 200, body })
const idOf = ({ path }: ScimRequest): string => path[1]!

/** Every request of a directory, by method and kind; `/:id` where one is meant. */
const handlers: { [request: string]: Handle } = {
  'GET ServiceProviderConfig': async (call) => ok(serviceProviderConfig(call)),
  'GET ResourceTypes': async (call) => ok(listed(resourceTypes(call))),
  'GET ResourceTypes/:id': async (call, request) => ok(one(resourceTypes(call), idOf(request))),
  'GET Schemas': async (call) => ok(listed(scimSchemas(call))),
  'GET Schemas/:id': async (call, request) => ok(one(scimSchemas(call), idOf(request))),
  'GET Users': async (call, { query }) => ok(await listUsers(call, query)),
  'POST Users': (call, { body }) => createUser(call, body),
  'GET Users/:id': (call, request) => getUser(call, idOf(request)),
  'PUT Users/:id': unchanged(getUser, (call, request) => replaceUser(call, idOf(request), request.body)),
  'PATCH Users/:id': unchanged(getUser, (call, request) => patchUser(call, idOf(request), request.body)),
  'DELETE Users/:id': unchanged(getUser, (call, request) => deleteUser(call, idOf(request))),
  'GET Groups': async (call, { query }) => ok(await listGroups(call, query)),
  'GET Groups/:id': (call, request) => getGroup(call, idOf(request), request.query),
  'PATCH Groups/:id': unchanged(getGroup, (call, request) => patchGroup(call, idOf(request), request.body)),
  'POST Bulk': (call, { body }) => bulk(call, body),
}

/** `POST Users`, `GET Users/:id` … */
export const scimRequests: readonly string[] = Object.keys(handlers)

const groupsAreRoles = new ScimFault(
  403,
  'groups are the roles of an organization: there are no others',
  'mutability',
)

export async function dispatch(call: ScimCall, request: ScimRequest): Promise<ScimAnswer> {
  const [kind = '', id, ...rest] = request.path
  const handle = handlers[`${request.method} ${kind}${id === undefined ? '' : '/:id'}`]
  if (handle !== undefined && rest.length === 0) return handle(call, request)
  if (kind === 'Groups' && ['POST', 'PUT', 'DELETE'].includes(request.method)) throw groupsAreRoles
  const known = Object.keys(handlers).some((name) => name.split(/[ /]/)[1] === kind)
  throw known ? new ScimFault(405, 'this method is not there') : noSuch('resource')
}

function one<T extends { id: string }>(all: T[], id: string): T {
  const found = all.find((each) => each.id === id)
  if (found === undefined) throw noSuch('resource')
  return found
}

/**
 * Only what was seen is changed, where the directory says what it has seen. A user is more than one document, and a group
 * is many: so of two who have seen the same, the second waits, and sees that it has changed. What others change meanwhile,
 * the rule of the write sees as well.
 */
function unchanged(read: (call: ScimCall, id: string) => Promise<ScimAnswer>, handle: Handle): Handle {
  return async (call, request) => {
    const { ifMatch } = request
    if (ifMatch === undefined) return handle(call, request)
    // Who leaves one group is in the other.
    const turn = request.path[0] === 'Groups' ? `scim:${call.organization.id}` : `scim:${idOf(request)}`
    const outcome = await inTurn(call.services, [turn], async () => {
      const { meta } = (await read(call, idOf(request))).body as { meta: { version: string } }
      if (!isSeen(ifMatch, meta.version.replace(/^W\/|"/g, ''))) throw scimRefusal('precondition_failed')
      return handle({ ...call, ifMatch }, request)
    })
    if (outcome === 'busy') throw scimRefusal('busy')
    return outcome
  }
}

const bulkRequest = z.object({
  failOnErrors: z.int().min(1).optional(),
  Operations: z.array(
    z.object({
      method: z.string().transform((method) => method.toUpperCase()),
      path: z.string().max(1_000),
      bulkId: z.string().max(200).optional(),
      version: z.string().max(1_000).optional(),
      data: z.unknown().optional(),
    }),
  ),
})

export const bulkSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

/** RFC 7644 §3.7: in order, each for itself; `bulkId:…` stands for what an operation before has made. */
async function bulk(call: ScimCall, body: unknown): Promise<ScimAnswer> {
  const read = bulkRequest.safeParse(body)
  if (!read.success) throw new ScimFault(400, "the operations can't be read", 'invalidSyntax')
  const { Operations, failOnErrors = Infinity } = read.data
  if (Operations.length > mostOperations)
    throw new ScimFault(413, `no more than ${mostOperations} operations at once`, 'tooMany')
  const made = new Map<string, string>()
  const done: object[] = []
  let faults = 0
  for (const { method, path, bulkId, version, data } of Operations) {
    if (faults >= failOnErrors) break
    const filled = (text: string) => text.replaceAll(/bulkId:([\w.-]+)/g, (all, id) => made.get(id) ?? all)
    const answer = await attempt(call, () => ({
      method,
      path: filled(path).split('/').filter(Boolean).map(decodeURIComponent),
      query: {},
      body: data === undefined ? undefined : JSON.parse(filled(JSON.stringify(data))),
      ifMatch: tagsIn(version),
    }))
    if (answer.status >= 400) faults += 1
    const { id, meta } = (answer.body ?? {}) as {
      id?: string
      meta?: { location?: string; version?: string }
    }
    if (bulkId !== undefined && id !== undefined && answer.status < 400) made.set(bulkId, id)
    done.push({
      ...{ method, bulkId, location: meta?.location, version: meta?.version },
      status: String(answer.status),
      response: answer.status >= 400 ? answer.body : undefined,
    })
  }
  return { status: 200, body: { schemas: [bulkSchema], Operations: done } }
}

async function attempt(call: ScimCall, read: () => ScimRequest): Promise<ScimAnswer> {
  try {
    const request = read()
    if (request.path[0] === 'Bulk') throw new ScimFault(400, 'no bulk within a bulk', 'invalidPath')
    return await dispatch(call, request)
  } catch (error) {
    const fault = error instanceof URIError ? unreadablePath() : error
    if (!(fault instanceof ScimFault)) throw error
    return { status: fault.status, body: scimError(fault) }
  }
}
